import { describe, expect, test } from 'vitest';
import {
  effectOf,
  type LineDivisions,
  stepsOf,
  unknownDivisions,
} from '../../src/smaregi/transaction-effects.ts';

// One case a line: head, line, product, cancel, dispose, return sale, pick-up (- no such column, . empty), quantity
// as the file has it => what it does. _ stands for a division without a value.
const table = `
 1 1 0 0 0 0 -  2 => sale -2
 _ _ _ _ _ _ -  2 => sale -2
 1 1 0 0 0 0 - -2 => sale -2
 1 1 2 0 0 0 -  1 => sale -1
 1 1 7 0 0 0 -  1 => sale -1
 1 1 A 0 0 0 -  1 => sale -1
 1 1 B 0 0 0 -  1 => sale -1
 1 2 0 0 0 0 -  1 => return 1
 1 2 0 0 0 0 - -1 => return 1
 1 1 0 0 0 1 -  3 => return 3
 1 1 0 0 0 1 - -3 => return 3
 1 2 0 0 0 1 -  3 => return 3
 1 1 0 0 1 0 -  2 => sale -2
 1 1 0 1 0 0 -  2 => sale -2, cancel 2
 1 2 0 1 0 0 -  2 => return 2, cancel -2
 1 1 0 1 1 0 -  2 => sale -2, cancel 2
 1 1 0 0 2 0 - -2 => reversal 2
 1 1 0 0 2 0 -  2 => reversal 2
 1 2 0 0 2 0 -  1 => reversal -1
 1 1 0 0 2 1 -  1 => reversal -1
 1 1 0 1 2 0 -  2 => none cancelled-reversal
 1 3 0 0 0 0 -  1 => none department-sale
 1 1 3 0 0 0 -  1 => none department-sale
 1 3 0 0 2 0 -  1 => none department-sale
 1 1 1 0 0 0 -  1 => none ticket
 1 1 4 0 0 0 -  1 => none bundle-or-discount
 1 1 5 0 0 0 -  1 => none bundle-or-discount
 1 1 6 0 0 0 -  1 => none bundle-or-discount
 1 1 8 0 0 0 -  1 => none bundle-or-discount
 2 1 0 0 0 0 -  1 => none no-goods
 3 1 0 0 0 0 -  1 => none no-goods
 9 1 0 0 0 0 -  1 => none no-goods
16 1 0 0 0 0 -  1 => none no-goods
10 1 0 0 0 0 -  1 => none layaway
10 1 0 0 0 0 .  1 => reservation -1
10 1 0 1 0 0 .  1 => reservation -1, cancel 1
 1 1 0 0 0 0 .  1 => sale -1
 1 1 0 0 0 0 77 1 => none layaway-pick-up
12 1 0 0 0 0 -  1 => none unknown-division
99 1 0 0 0 0 -  1 => none unknown-division
 1 4 0 0 0 0 -  1 => none unknown-division
 1 1 C 0 0 0 -  1 => sale -1
`;

const cases = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(' => ') as [string, string]);

const moments = { soldAt: 1, receivedAt: 2, cancelledAt: 5, versionAt: 6 };

function parse(text: string): { divisions: LineDivisions; quantity: number } {
  const [head, line, product, cancel, dispose, returnSales, picksUp, quantity] = text
    .split(/\s+/)
    .map((cell) => (cell === '_' ? '' : cell));
  return {
    divisions: {
      headDivision: head ?? '',
      lineDivision: line ?? '',
      productDivision: product ?? '',
      cancelDivision: cancel ?? '',
      disposeDivision: dispose ?? '',
      returnSales: returnSales ?? '',
      picksUp: picksUp === '-' ? undefined : picksUp === '.' ? '' : (picksUp ?? ''),
    },
    quantity: Number(quantity),
  };
}

describe('a line with head, line, product, cancel, dispose, return sale, pick-up, quantity', () => {
  test.each(cases)('%s is %s', (text, expected) => {
    const { divisions, quantity } = parse(text);
    const effect = effectOf(divisions, quantity);
    const said =
      effect.is === 'none'
        ? `none ${effect.reason}`
        : stepsOf(effect, moments)
            .map((step) => `${step.kind} ${step.quantity}`)
            .join(', ');
    expect(said).toBe(expected);
  });
});

test('a sale counts when the server had it, its cancellation when it was cancelled', () => {
  const { divisions } = parse('1 1 0 1 0 0 - 2');
  expect(stepsOf(effectOf(divisions, 2), moments)).toEqual([
    { kind: 'sale', quantity: -2, occurredAt: 1, recordedAt: 2 },
    { kind: 'cancel', quantity: 2, occurredAt: 5, recordedAt: 5 },
  ]);
});

test('every code that is not known is named', () => {
  const { divisions } = parse('12 4 C 2 3 5 - 1');
  expect(unknownDivisions(divisions)).toEqual([
    'transactionHeadDivision=12',
    'transactionDetailDivision=4',
    'productDivision=C',
    'cancelDivision=2',
    'disposeDivision=3',
    'returnSales=5',
  ]);
  expect(unknownDivisions(parse('1 1 0 0 0 0 - 1').divisions)).toEqual([]);
});
