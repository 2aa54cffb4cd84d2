import { describe, expect, test } from 'vitest';
import { encodeCp932 } from './cp932.ts';

describe('the CP932 encoder of the tests', () => {
  test('bytes decode to the text they were made from', () => {
    const text = 'キャップ ①Ⅰ髙﨑㈱ 表ソ能 ｶﾅ ～ － "a,b"\r\n';
    expect(new TextDecoder('shift_jis', { fatal: true }).decode(encodeCp932(text))).toBe(text);
  });

  test('bytes are those that Windows writes', () => {
    expect(encodeCp932('①').toString('hex')).toBe('8740');
    expect(encodeCp932('髙').toString('hex')).toBe('fbfc');
    expect(encodeCp932('㈱').toString('hex')).toBe('878a');
    expect(encodeCp932('表').toString('hex')).toBe('955c');
    expect(encodeCp932('ソ').toString('hex')).toBe('835c');
    expect(encodeCp932('ｶ').toString('hex')).toBe('b6');
  });

  test('a character outside CP932 is an error that names it', () => {
    expect(() => encodeCp932('帽子🧢')).toThrow(/CP932 has no/);
  });
});
