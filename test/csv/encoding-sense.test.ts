import { describe, expect, test } from 'vitest';
import { damage, decoded } from '../../src/csv/decode.ts';
import { EncodingSense, NotText } from '../../src/csv/encoding-sense.ts';
import { encodeCp932 } from '../support/cp932.ts';

function sensed(bytes: Uint8Array, configured: 'auto' | 'utf-8' | 'cp932' = 'auto', pieceBytes = 1e9) {
  const sense = new EncodingSense(configured);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(Buffer.from(sense.push(Buffer.from(bytes.subarray(at, at + pieceBytes)))));
  }
  pieces.push(sense.end());
  return { text: decoded(Buffer.concat(pieces), sense.encoding), encoding: sense.encoding };
}

const japanese = '商品コード,商品名\r\n4901,表地ソフト①Ⅰ髙㈱ｶﾅ～－\r\n';

describe('the encoding of a file', () => {
  test('UTF-8 and CP932 are told apart by the text itself', () => {
    expect(sensed(Buffer.from(japanese))).toEqual({ text: japanese, encoding: 'utf-8' });
    expect(sensed(encodeCp932(japanese))).toEqual({ text: japanese, encoding: 'cp932' });
  });

  test('a byte order mark means UTF-8 and is not part of the text', () => {
    expect(sensed(Buffer.from(`\uFEFF${japanese}`)).text).toBe(japanese);
    expect(sensed(Buffer.from('\uFEFFabc'))).toEqual({ text: 'abc', encoding: 'utf-8' });
  });

  test('the decision waits for the first character that is not ASCII, however late', () => {
    const ascii = 'code,name,qty\n4901,CAP,3\n'.repeat(20_000);
    expect(sensed(encodeCp932(ascii + japanese), 'auto', 65_536)).toEqual({
      text: ascii + japanese,
      encoding: 'cp932',
    });
  });

  test.each([
    ['utf-8', Buffer.from(japanese.repeat(30))],
    ['utf-8', Buffer.from(`\uFEFF${japanese}`)],
    ['cp932', encodeCp932(japanese.repeat(30))],
  ])('pieces of any size give the same text (%s)', (_encoding, bytes) => {
    const whole = sensed(bytes);
    for (const size of [1, 2, 3, 7, 64]) expect(sensed(bytes, 'auto', size)).toEqual(whole);
  });

  test('a few damaged bytes do not turn the decision', () => {
    const utf8 = Buffer.from(japanese.repeat(20));
    utf8[utf8.length - 20] = 0xff;
    expect(sensed(utf8).encoding).toBe('utf-8');
    const cp932 = encodeCp932(japanese.repeat(20));
    cp932[40] = 0xff;
    expect(sensed(cp932).encoding).toBe('cp932');
  });

  test('a character cut by the end of the deciding window is no fault', () => {
    const odd = 'あ'.repeat(40_000);
    expect(sensed(Buffer.from(odd)).encoding).toBe('utf-8');
    expect(sensed(Buffer.from(`x${odd}`)).text).toBe(`x${odd}`);
    expect(sensed(encodeCp932(`x${odd}`)).text).toBe(`x${odd}`);
  });

  test('damage swallows neither quotes nor commas nor line ends', () => {
    const bytes = Buffer.concat([encodeCp932('名'), Buffer.from([0x81, 0x22, 0x81, 0x2c, 0x81, 0x0a])]);
    expect(sensed(bytes, 'cp932').text).toBe(`名${damage}"${damage},${damage}\n`);
  });

  test('a configured encoding is obeyed', () => {
    expect(sensed(encodeCp932('表'), 'utf-8').text).toContain(damage);
    expect(sensed(encodeCp932('ｱ'), 'cp932').text).toBe('ｱ');
  });

  test.each([
    ['UTF-16 with its mark', Buffer.from(`\uFEFF${japanese},3\n`, 'utf16le'), 'UTF-16'],
    ['UTF-16 of the other order', Buffer.from(`\uFEFF${japanese},3\n`, 'utf16le').swap16(), 'UTF-16'],
    ['NUL bytes', Buffer.from('code,qty\n4901\u0000,3\n'), 'NUL'],
  ])('%s is no text, and is told as such', (_name, bytes, word) => {
    expect(() => sensed(bytes)).toThrow(NotText);
    expect(() => sensed(bytes)).toThrow(word);
  });

  test('a file of fewer than three bytes is read', () => {
    expect(sensed(Buffer.from('a')).text).toBe('a');
    expect(sensed(Buffer.from('')).text).toBe('');
  });
});
