import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { viewOf } from '../../src/platform/view-of.ts';
import { CodeIndex, noRoom } from '../../src/snapshot/code-index.ts';
import { SeenRows } from '../../src/snapshot/seen-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'flagship-seen-'));
afterAll(() => rmSync(folder, { recursive: true }));

const muchRoom = 1_000_000;

const code = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...' 0Aa~!'), minLength: 1, maxLength: 20 }),
);

const numberIn = (index: CodeIndex, text: string) =>
  index.numberOf(viewOf(Buffer.from(text)), 0, text.length);

const pair = fc.tuple(fc.constantFrom(0, 1, 29), code);
type Pairs = [store: number, productCode: string][];

/** Whether each pair is new, as it is answered in one pass. `asked`: how often each is asked about. */
function answers(seen: SeenRows, pairs: Pairs, asked = 1): boolean[] {
  return pairs.map(([store, text], row) => {
    const ask = () => seen.add(row, store, viewOf(Buffer.from(text)), 0, text.length);
    const answer = ask();
    // A repeat is decided from its text once more.
    for (let more = 1; more < asked && !answer; more += 1) expect(ask()).toBe(false);
    return answer;
  });
}

function rightAnswers(pairs: Pairs): boolean[] {
  const known = new Set<string>();
  return pairs.map(([store, text]) => {
    const before = known.size;
    return known.add(`${store}/${text}`).size > before;
  });
}

describe('rows that were seen', () => {
  test('are known exactly, whatever the codes', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 300 }), (pairs) => {
        const seen = new SeenRows(folder, 30);
        expect(answers(seen, pairs)).toEqual(rightAnswers(pairs));
        expect(seen.settle()).toBe(false);
        seen.close();
      }),
    );
  });

  test('are known exactly after a second pass, however little is remembered', () => {
    const few = fc.tuple(fc.constantFrom(0, 1, 29), fc.integer({ max: 60, min: 0 }).map(String));
    const pairs = fc.array(fc.oneof(pair, few), { maxLength: 400 });
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 400 }), fc.boolean(), (sequence, bytes, isOften) => {
        const seen = new SeenRows(folder, 30, bytes);
        const right = rightAnswers(sequence);
        const first = answers(seen, sequence, isOften ? 2 : 1);
        const mistaken = first.some((isNew, row) => isNew !== right[row]);
        expect(seen.settle()).toBe(mistaken);
        if (mistaken) expect(answers(seen, sequence, isOften ? 2 : 1)).toEqual(right);
        seen.close();
      }),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('are known exactly where most of them lie on the disk, shared out again and again', () => {
    const pairs: Pairs = [];
    for (let number = 0; number < 60_000; number += 1) {
      pairs.push([number % 2, `49${(number * 7) % 50_000}`]);
    }
    const seen = new SeenRows(folder, 3, 2_000);
    const right = rightAnswers(pairs);
    expect(right.filter((isNew) => !isNew)).toHaveLength(10_000);
    expect(answers(seen, pairs)).not.toEqual(right);
    expect(seen.settle()).toBe(true);
    expect(answers(seen, pairs)).toEqual(right);
    seen.close();
  });

  test('codes that differ only in zeros in front or at the end are different', () => {
    const index = new CodeIndex(muchRoom);
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

  test('codes beyond the room are not known, and those within it stay known', () => {
    const index = new CodeIndex(3);
    expect([numberIn(index, '1'), numberIn(index, '2')]).toEqual([0, 1]);
    expect(numberIn(index, 'a code of three units')).toBe(noRoom);
    expect(numberIn(index, '3')).toBe(2);
    expect(numberIn(index, '4')).toBe(noRoom);
    expect(['2', '3', '1', '4'].map((text) => numberIn(index, text))).toEqual([1, 2, 0, noRoom]);
  });

  test('half a million codes of all lengths are told apart, again and again', () => {
    const index = new CodeIndex(muchRoom);
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
