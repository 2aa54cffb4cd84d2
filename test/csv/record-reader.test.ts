import { describe, expect, test } from 'vitest';
import { type CsvRecord, RecordReader } from '../../src/csv/record-reader.ts';

function read(text: string, options: { width?: number; pieceBytes?: number } = {}): CsvRecord[] {
  const { width, pieceBytes = 1e9 } = options;
  const reader = new RecordReader();
  reader.width = width;
  const bytes = Buffer.from(text);
  const records: CsvRecord[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    records.push(...reader.read(bytes.subarray(at, at + pieceBytes)));
  }
  records.push(...reader.read(Buffer.alloc(0), true));
  return records;
}

/** `1:a|b` for the record a,b of line 1; `3!x` for a line with a broken quote. */
function shown(records: CsvRecord[]): string[] {
  return records.map(
    ({ line, cells, fault }) => `${line}${fault === 'bad-quote' ? '!' : fault ? '?' : ':'}${cells.join('|')}`,
  );
}

describe('reading records', () => {
  test('CRLF, LF and CR end a line, in any mixture, with or without one at the end', () => {
    expect(shown(read('a,1\r\nb,2\nc,3\rd,4'))).toEqual(['1:a|1', '2:b|2', '3:c|3', '4:d|4']);
    expect(shown(read('a,1\r'))).toEqual(['1:a|1']);
    expect(shown(read('a,1\r\n'))).toEqual(['1:a|1']);
  });

  test('lines are counted as they stand in the file, empty ones and those inside of cells too', () => {
    expect(shown(read('\n\r\n\ra,1\n"b\r\nb\rb",2\n\nc,3'))).toEqual(['4:a|1', '5:b\r\nb\rb|2', '9:c|3']);
  });

  test('rows in which nothing stands are no records', () => {
    expect(shown(read('a,1\n,,,\n \t \n"",""\nb,2'))).toEqual(['1:a|1', '5:b|2']);
  });

  test('commas, quotes and line ends inside of quoted cells are content', () => {
    const text = '"4901","a ""b"", c\nd","5"\n"4902","x","6"\n';
    expect(read(text, { width: 3 })).toEqual([
      { line: 1, cells: ['4901', 'a "b", c\nd', '5'] },
      { line: 3, cells: ['4902', 'x', '6'] },
    ]);
  });

  test.each([
    ['in the middle of a cell', 'a,n,1\nb,12" pipe,2\nc,n,3\n', ['1:a|n|1', '2!b|12" pipe|2', '3:c|n|3']],
    ['at the start of a cell', 'a,n,1\nb,"pipe,2\nc,n,3\n', ['1:a|n|1', '2!b|"pipe|2', '3:c|n|3']],
    ['at the end of a cell', 'a,n,1\nb,pipe",2\nc,n,3\n', ['1:a|n|1', '2!b|pipe"|2', '3:c|n|3']],
    ['at the start of a row', 'a,n,1\n"b,pipe,2\nc,n,3\n', ['1:a|n|1', '2!"b|pipe|2', '3:c|n|3']],
    ['at the end of a row', 'a,n,1\nb,pipe,2"\nc,n,3\n', ['1:a|n|1', '2!b|pipe|2"', '3:c|n|3']],
    [
      'inside of a quoted cell',
      '"a","n","1"\n"b","p"q","2"\n"c","n","3"\n',
      ['1:a|n|1', '2!b|"p"q"|2', '3:c|n|3'],
    ],
    [
      'lost at the end of a quoted cell',
      '"a","n","1"\n"b","p,"2"\n"c","n","3"\n',
      ['1:a|n|1', '2!b|"p|2', '3:c|n|3'],
    ],
    [
      'lost at the end of a row',
      '"a","n","1"\n"b","p","2\n"c","n","3"\n',
      ['1:a|n|1', '2!b|p|"2', '3:c|n|3'],
    ],
    [
      'doubled at the end of a row',
      '"a","n","1"\n"b","p","2""\n"c","n","3"\n',
      ['1:a|n|1', '2!b|p|"2""', '3:c|n|3'],
    ],
    ['in the last row', 'a,n,1\nb,"n,2', ['1:a|n|1', '2!b|"n|2']],
  ])('a stray quote %s costs its own row only', (_where, text, expected) => {
    expect(shown(read(text, { width: 3 }))).toEqual(expected);
  });

  test.each([
    ['rows in between', 'a,"n,1\nb,n,2\nc,n",3\nd,n,4\n', ['1!a|"n|1', '2:b|n|2', '3!c|n"|3', '4:d|n|4']],
    ['no row in between', 'a,"n,1\nc,n",3\nd,n,4\n', ['1!a|"n|1', '2!c|n"|3', '3:d|n|4']],
    [
      'a quoted row in between',
      'a,"n,1\nb,"",2\nc,n",3\nd,n,4\n',
      ['1!a|"n|1', '2:b||2', '3!c|n"|3', '4:d|n|4'],
    ],
  ])('a pair of stray quotes with %s merges no rows', (_between, text, expected) => {
    expect(shown(read(text, { width: 3 }))).toEqual(expected);
  });

  test('a quoted cell of several lines after a stray quote is still read', () => {
    const text = '"a","n"x","1"\n"b","two\nlines","2"\n"c","n","3"\n';
    expect(shown(read(text, { width: 3 }))).toEqual(['1!a|"n"x"|1', '2:b|two\nlines|2', '4:c|n|3']);
  });

  test('a quote that is never closed costs its row, however long the file', () => {
    const rows = Array.from({ length: 500 }, (_, index) => `p${index},n,${index}`);
    const text = ['a,"n,1', ...rows].join('\n');
    const records = read(text, { width: 3 });
    expect(records).toHaveLength(501);
    expect(records.filter((record) => record.fault)).toEqual([
      { line: 1, cells: ['a', '"n', '1'], fault: 'bad-quote' },
    ]);
  });

  test('a quoted cell may have fifty lines, not more', () => {
    const note = (lines: number) => `a,"${'x\n'.repeat(lines)}",1\nb,n,2`;
    expect(read(note(49), { width: 3 })[0]?.fault).toBeUndefined();
    expect(read(note(60), { width: 3 })[0]).toEqual({ line: 1, cells: ['a', '"x'], fault: 'bad-quote' });
    expect(read(note(60), { width: 3 }).at(-1)).toEqual({ line: 62, cells: ['b', 'n', '2'] });
  });

  test('a line without end is cut, refused, and read past in bounded memory', () => {
    const text = `a,1\n${'x'.repeat(300_000)}\r\nb,2\n`;
    for (const pieceBytes of [1_000, 65_536, 1e9]) {
      expect(read(text, { width: 2, pieceBytes })).toEqual([
        { line: 1, cells: ['a', '1'] },
        { line: 2, cells: ['x'.repeat(200)], fault: 'column-count' },
        { line: 3, cells: ['b', '2'] },
      ]);
    }
  });

  test.each([
    'a,1\r\nb,2\r\n"c\r\nd",3\r\r\n\re,4\r',
    '"a","n","1"\r\n"b","p"q","2"\r\n"c","n","3"\r\n\r\n"d","two\r\nlines","4"',
    'a,"n,1\nb,n,2\nc,n",3\nd,"n,4\n',
    `a,"${'x\n'.repeat(60)}",1\rb,n,2`,
  ])('pieces of any size give the same records (%#)', (text) => {
    const whole = read(text, { width: 3 });
    for (const pieceBytes of [1, 2, 3, 17, 4_096])
      expect(read(text, { width: 3, pieceBytes })).toEqual(whole);
  });

  test.each([
    `a,"${'x'.repeat(70_000)}\r",1\r\nb,n,2\r\n`,
    `a,"${'x'.repeat(65_531)}",1\r\nb,n,2\r\n`,
    `a,"${'x'.repeat(65_530)}\r",1\r\nb,n,2\r\n`,
    `${'x'.repeat(65_537)}\rb,n,2\r\n`,
  ])('and so at the limit of what is read as one record (%#)', (text) => {
    const whole = read(text, { width: 3 });
    for (const pieceBytes of [4_096, 65_535, 65_536, 65_537, 65_538, 65_539]) {
      expect(read(text, { width: 3, pieceBytes })).toEqual(whole);
    }
  });
});
