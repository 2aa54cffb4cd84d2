import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodeIndex } from '../../src/snapshot/code-index.ts';
import { SeenRows } from '../../src/snapshot/seen-rows.ts';

const code = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...' 0Aa~!'), minLength: 1, maxLength: 20 }),
);

const numberIn = (index: CodeIndex, text: string) => index.numberOf(Buffer.from(text), 0, text.length);

describe('rows that were seen', () => {
  test('are known exactly, whatever the codes', () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom(0, 1, 29), code), { maxLength: 300 });
    fc.assert(
      fc.property(pairs, (sequence) => {
        const seen = new SeenRows();
        const model = new Set<string>();
        for (const [store, productCode] of sequence) {
          const key = `${store}/${productCode}`;
          expect(seen.add(store, Buffer.from(productCode), 0, productCode.length)).toBe(!model.has(key));
          model.add(key);
        }
      }),
    );
  });

  test('codes that differ only in zeros in front or at the end are different', () => {
    const index = new CodeIndex();
    const codes = [
      '0',
      '00',
      '000',
      '10',
      '1',
      '01',
      '0'.repeat(14),
      '0'.repeat(15),
      '0'.repeat(20),
      'A',
      'A ',
      ' A',
    ];
    expect(new Set(codes.map((each) => numberIn(index, each))).size).toBe(codes.length);
  });

  test('half a million codes of all lengths are told apart, again and again', () => {
    const index = new CodeIndex();
    const codeOf = (number: number) =>
      number % 5 === 0 ? `SKU-${number}-${'x'.repeat(number % 8)}` : `49${number}`;
    const count = 500_000;
    const numbers = new Set<number>();
    for (let number = 0; number < count; number += 1) numbers.add(numberIn(index, codeOf(number)));
    expect(numbers.size).toBe(count);
    for (let number = 0; number < count; number += 1) numbers.add(numberIn(index, codeOf(number)));
    expect(numbers.size).toBe(count);
  });
});
