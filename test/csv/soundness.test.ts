import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damage, type Encoding, newDecoder } from '../../src/csv/decode.ts';
import { isSound } from '../../src/csv/soundness.ts';
import { encodeCp932 } from '../support/cp932.ts';

const text = '商品コード,①Ⅰ髙㈱ｶﾅ～－\r\n4901234,表地ソフト,BLACK\n';

test.each([
  ['utf-8', Buffer.from(text), true],
  ['utf-8', Buffer.from(`${text}${damage}`), false],
  ['utf-8', Buffer.from(text).subarray(0, 1), false],
  ['cp932', encodeCp932(text), true],
  ['cp932', Buffer.from([0xa1, 0xdf]), true],
  ['cp932', Buffer.from('4901\x81\n', 'latin1'), false],
  ['cp932', Buffer.from('4901\xa0\n', 'latin1'), false],
  ['cp932', Buffer.from('4901\xff\n', 'latin1'), false],
] as const)('damage is found without decoding (%s, %#)', (encoding, bytes, sound) => {
  expect(isSound(bytes, encoding)).toBe(sound);
});

test('every pair of bytes is a character of CP932 if the decoder says so', () => {
  const decoder = newDecoder('cp932');
  const pairs = Array.from({ length: 1 << 16 }, (_, pair) => Buffer.from([pair >> 8, pair & 0xff]));
  expect(pairs.filter((pair) => isSound(pair, 'cp932') === decoder.decode(pair).includes(damage))).toEqual(
    [],
  );
});

test('it agrees with the decoder on all bytes, at any place in memory', () => {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x81, 0x40, 0x30, 0x0a, 0xe3, 0x83, 0xbd, 0xbf, 0xef),
  );
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...[...'帽表ソ①髙'].map((each) => [...encodeCp932(each)])) },
    { weight: 3, arbitrary: fc.constantFrom(...[...'帽表ソ①髙'].map((each) => [...Buffer.from(each)])) },
    { weight: 4, arbitrary: fc.array(fc.integer({ min: 0x20, max: 0x7e }), { maxLength: 9 }) },
    { weight: 1, arbitrary: fc.array(byte, { maxLength: 3 }) },
  );
  const content = fc.array(part, { maxLength: 8 }).map((parts) => parts.flat());
  fc.assert(
    fc.property(
      content,
      fc.nat(5),
      fc.constantFrom<Encoding>('utf-8', 'cp932'),
      (codes, offset, encoding) => {
        const bytes = Buffer.alloc(offset + codes.length)
          .fill(Uint8Array.from(codes), offset)
          .subarray(offset);
        const whole = codes.length === 0 ? Buffer.alloc(0) : bytes;
        expect(isSound(whole, encoding)).toBe(!newDecoder(encoding).decode(whole).includes(damage));
      },
    ),
    { numRuns: 3_000 },
  );
});
