import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowMarks } from '../../src/snapshot/row-marks.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('marks are known for rows in any order, however far apart', async () => {
  const folder = await temporaryFolder();
  const row = fc.oneof(
    fc.nat(20),
    fc.nat(3_000_000),
    fc.nat(20).map((number) => number + 2 ** 33),
  );
  fc.assert(
    fc.property(fc.array(row), fc.array(row), (marked, asked) => {
      const marks = new RowMarks(folder);
      for (const each of marked) marks.add(each);
      const known = new Set(marked);
      for (const each of [...marked, ...asked]) expect(marks.has(each)).toBe(known.has(each));
      marks.close();
    }),
  );
});
