import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { freePath } from '../../src/platform/durable-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each([
  ['zaiko.csv', 'zaiko-2.csv', 'zaiko-3.csv'],
  ['zaiko.csv.gz', 'zaiko-2.csv.gz', 'zaiko-3.csv.gz'],
  ['zaiko.csv.rejected.csv', 'zaiko.csv.rejected-2.csv', 'zaiko.csv.rejected-3.csv'],
  ['zaiko', 'zaiko-2', 'zaiko-3'],
])('a second %s is kept as %s: its ending still says what it is', async (...names) => {
  const folder = await temporaryFolder();
  for (const name of names) {
    const path = await freePath(folder, names[0] ?? '');
    expect(basename(path)).toBe(name);
    await writeFile(path, '');
  }
});
