import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsv } from '../../src/csv/parse.ts';
import { cellsOf, hasWidth, roughCells } from '../../src/csv/record-cells.ts';

describe('cells of a record', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['"a","b"', ['a', 'b']],
    ['"",""', ['', '']],
    ['"a ""quoted"" word",b', ['a "quoted" word', 'b']],
    ['"""",x', ['"', 'x']],
    ['"a,b\r\nc",d', ['a,b\r\nc', 'd']],
    ['a,"b"', ['a', 'b']],
    ['"a",', ['a', '']],
  ])('%j is read', (record, cells) => {
    expect(cellsOf(record)).toEqual(cells);
  });

  test.each(['a"b', 'a,12" pipe,5', '"a"b,c', '"a', '"a""', 'a,"', '"a" ,b', ' "a",b', '"a"""b"'])(
    '%j breaks the rules of quoting',
    (record) => {
      expect(cellsOf(record)).toBeUndefined();
    },
  );

  test('agrees with csv-parse on every text', () => {
    const text = fc.string({ unit: fc.constantFrom('"', ',', 'a', ' ', '\t'), minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(text, (record) => {
        expect(cellsOf(record)).toEqual(parsed(record));
      }),
      { numRuns: 3_000 },
    );
  });

  test('of a broken line, what is well quoted is taken as such and the rest as it stands', () => {
    expect(roughCells('"4901","12" pipe","5"')).toEqual(['4901', '12" pipe', '5'].with(1, '"12" pipe"'));
    expect(roughCells('a,"open,5')).toEqual(['a', '"open', '5']);
    expect(roughCells('"a,b",c"')).toEqual(['a,b', 'c"']);
    expect(roughCells('')).toEqual(['']);
  });

  test('empty cells beyond the width are harmless, others are not', () => {
    expect(hasWidth(['a', 'b', '', ' '], 2)).toBe(true);
    expect(hasWidth(['a', 'b', 'c'], 2)).toBe(false);
    expect(hasWidth(['a'], 2)).toBe(false);
  });
});

function parsed(record: string): string[] | undefined {
  try {
    return parseCsv(record)[0];
  } catch {
    return undefined;
  }
}
