import { expect, test } from 'vitest';
import { csvText } from '../../src/csv/write.ts';

test('cells are quoted only where the format needs it', () => {
  const rows = [
    ['a', '', 'b c', ' d '],
    ['1,2', 'say "x"', 'two\nlines', 'cr\r'],
    ['0012', '-3', '1.10', 'true'],
  ];
  expect(csvText(rows, 'lf')).toBe('a,,b c, d \n"1,2","say ""x""","two\nlines","cr\r"\n0012,-3,1.10,true\n');
});

test('line ends are LF or CRLF, also after the last row', () => {
  expect(csvText([['a'], ['b']], 'lf')).toBe('a\nb\n');
  expect(csvText([['a'], ['b']], 'crlf')).toBe('a\r\nb\r\n');
});
