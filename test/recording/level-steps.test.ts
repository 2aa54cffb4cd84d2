import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KnownLevel, newSteps, reachesBack } from '../../src/recording/level-steps.ts';
import type { StockChange } from '../../src/smaregi/stock-change.ts';

const start = Date.UTC(2026, 10, 24, 1, 0, 0);
const available = ({ stock, layaway }: { stock: number; layaway: number }) => stock - layaway;

function change(id: number, second: number, fields: Partial<StockChange> = {}): StockChange {
  const at = start + second * 1000;
  return {
    id: String(id),
    storeId: '1',
    productId: '1001',
    updatedAt: at,
    targetAt: at,
    amount: undefined,
    stock: 0,
    layaway: 0,
    division: '02',
    memo: '',
    ...fields,
  };
}

const quantities = (known: KnownLevel | undefined, history: StockChange[]) =>
  newSteps(known, history, start, available).steps.map(({ quantity }) => quantity);

describe('the quantity of a change', () => {
  test('is what the level changed by, whatever the amount says', () => {
    const history = [
      change(1, -5, { stock: 10 }),
      change(2, 1, { stock: 8, amount: 2 }),
      change(3, 2, { stock: 9, amount: 1 }),
    ];
    const { steps } = newSteps(undefined, history, start, available);
    expect(steps.map(({ quantity, differs }) => [quantity, differs])).toEqual([
      [-2, true],
      [1, false],
    ]);
  });

  test('of goods put aside is what they take from what may be sold; the pick-up takes nothing more', () => {
    const history = [
      change(1, -5, { stock: 10 }),
      change(2, 1, { stock: 10, layaway: 1, amount: 0, division: '07' }),
      change(3, 2, { stock: 10, layaway: 0, amount: 1, division: '07' }),
      change(4, 2, { stock: 9, layaway: 0, amount: -1 }),
    ];
    const { steps } = newSteps(undefined, history, start, available);
    expect(steps.map(({ quantity }) => quantity)).toEqual([-1, 1, -1]);
    expect(steps.some(({ differs }) => differs)).toBe(false);
  });

  test('that was the first ever is its amount, or all that is there', () => {
    expect(quantities(undefined, [change(1, 1, { stock: 12, amount: 12 })])).toEqual([12]);
    expect(quantities(undefined, [change(1, 1, { stock: 12 })])).toEqual([12]);
  });

  test('contains what was never shown before it', () => {
    const known = { level: 10, changeId: '7', updatedAt: start };
    expect(quantities(known, [change(7, 0, { stock: 10 }), change(9, 4, { stock: 5, amount: -1 })])).toEqual([
      -5,
    ]);
  });
});

describe('new is', () => {
  test('what came after the newest change that is known, by id, in whatever order it is shown', () => {
    const known = { level: 8, changeId: '99', updatedAt: start };
    const history = [
      change(101, 0, { stock: 5 }),
      change(99, 0, { stock: 8 }),
      change(100, 0, { stock: 7 }),
      change(98, 0, { stock: 9 }),
    ];
    expect(quantities(known, history)).toEqual([-1, -2]);
  });

  test('nothing of what was there before the start, nothing twice', () => {
    const history = [change(1, -1, { stock: 4 }), change(2, 0, { stock: 3 })];
    const { steps, known } = newSteps(undefined, history, start, available);
    expect(steps).toHaveLength(1);
    expect(newSteps(known, history, start, available)).toEqual({ steps: [], known });
    expect(newSteps(known, [], start, available).steps).toEqual([]);
  });

  test('by time where only a level was known', () => {
    const known = { level: 6, changeId: '', updatedAt: start + 2000 };
    const history = [change(1, 1, { stock: 7 }), change(2, 2, { stock: 6 }), change(3, 3, { stock: 4 })];
    expect(quantities(known, history)).toEqual([-2]);
    // Within the second of the level: what came after that level was reached.
    expect(quantities(known, history.slice(0, 2))).toEqual([]);
    expect(
      quantities(known, [change(1, 1, { stock: 7 }), change(2, 2, { stock: 6 }), change(3, 2, { stock: 5 })]),
    ).toEqual([-1]);
    expect(quantities(known, [change(1, 1, { stock: 7 }), change(2, 2, { stock: 4 })])).toEqual([-2]);
  });
});

test('reading goes on until a page reaches behind what is known', () => {
  const known = { level: 0, changeId: '5', updatedAt: start + 5000 };
  const newestFirst = (...seconds: number[]) => seconds.map((second) => change(second + 100, second));
  expect(reachesBack(known, newestFirst(9, 8, 5), start)).toBe(false);
  expect(reachesBack(known, newestFirst(9, 8, 4), start)).toBe(true);
  expect(reachesBack(undefined, newestFirst(3, -1), start)).toBe(true);
  expect(reachesBack(known, newestFirst(1, 2, 9), start)).toBe(false);
  expect(reachesBack(known, [], start)).toBe(false);
});

test('however often and in whatever pieces a history is read, its movements add up to its level', () => {
  const amounts = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 40 });
  const looks = fc.array(fc.nat(40), { maxLength: 10 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), amounts, looks, (first, changes, ends) => {
      let stock = first;
      const history = [change(1, -10, { stock: first })];
      for (const [index, amount] of changes.entries()) {
        stock += amount;
        history.push(change(index + 2, Math.floor(index / 3), { stock, amount }));
      }
      let known: KnownLevel | undefined;
      let sum = first;
      for (const end of [...ends.sort((a, b) => a - b), history.length]) {
        const result = newSteps(known, history.slice(0, end + 1), start, available);
        sum += result.steps.reduce((total, { quantity }) => total + quantity, 0);
        known = result.known;
      }
      expect(sum).toBe(stock);
    }),
  );
});
