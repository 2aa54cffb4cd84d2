import { describe, expect, test } from 'vitest';
import { type GuardFacts, holdsOf } from '../../src/snapshot/guards.ts';

const limits = { maxRejectedRatio: 0.01, maxDropRatio: 0.5 };
const store = (storeId: string, units: number, rows = 100) => ({ storeId, rows, units });
const facts: GuardFacts = {
  takenAt: 2_000,
  correction: false,
  rows: 200,
  rejected: 0,
  stores: [store('1', 1000), store('2', 500)],
  lastDeliveredTakenAt: 1_000,
  expectedStores: ['1', '2'],
  lastPerStore: new Map([
    ['1', store('1', 1000)],
    ['2', store('2', 500)],
  ]),
};
const reasons = (change: Partial<GuardFacts>) =>
  holdsOf({ ...facts, ...change }, limits).map((hold) => hold.reason);

test('an ordinary snapshot goes', () => {
  expect(reasons({})).toEqual([]);
});

test('the very first snapshot goes: there is nothing to compare it with', () => {
  expect(reasons({ lastDeliveredTakenAt: undefined, expectedStores: [], lastPerStore: new Map() })).toEqual(
    [],
  );
});

describe('too many rejected rows', () => {
  test('exactly the ratio is allowed, one more is held', () => {
    expect(reasons({ rejected: 2 })).toEqual([]);
    expect(reasons({ rejected: 3 })).toEqual(['too-many-rejected']);
  });
  test('a file whose every row is rejected is held', () => {
    expect(reasons({ rejected: 200, stores: [], expectedStores: [] })).toEqual(['too-many-rejected']);
  });
  test('a file of nothing but warehouse rows has nothing to deliver', () => {
    expect(reasons({ rows: 0, rejected: 0, stores: [], expectedStores: [] })).toEqual(['too-many-rejected']);
  });
});

describe('stale', () => {
  test.each([[999], [1_000]])('taken at %i, not after the last delivered one', (takenAt) => {
    expect(reasons({ takenAt })).toEqual(['stale']);
  });
  test('corrected rows are of the same moment as the snapshot that they complete', () => {
    expect(reasons({ takenAt: 1_000, correction: true })).toEqual([]);
    expect(reasons({ takenAt: 999, correction: true })).toEqual(['stale']);
  });
});

describe('stores', () => {
  test('a store that the snapshot before had is missing', () => {
    const [hold] = holdsOf({ ...facts, stores: [store('1', 1000)] }, limits);
    expect(hold?.reason).toBe('store-missing');
    expect(hold?.message).toContain('store 2');
  });
  test('half of the units may go, not more', () => {
    expect(reasons({ stores: [store('1', 500), store('2', 500)] })).toEqual([]);
    expect(reasons({ stores: [store('1', 499), store('2', 500)] })).toEqual(['store-dropped']);
  });
  test('every quantity at zero is a drop, and so is half a file', () => {
    expect(reasons({ stores: [store('1', 0), store('2', 0)] })).toEqual(['store-dropped']);
    expect(reasons({ stores: [store('1', 1000, 49), store('2', 500)] })).toEqual(['store-dropped']);
  });
  test('a new store has nothing to drop from', () => {
    expect(reasons({ stores: [...facts.stores, store('3', 1)] })).toEqual([]);
  });
  test('a store that had nothing may stay so', () => {
    expect(
      reasons({
        stores: [store('1', 0)],
        expectedStores: ['1'],
        lastPerStore: new Map([['1', store('1', 0)]]),
      }),
    ).toEqual([]);
  });
  test('corrected rows are of a few stores and products only', () => {
    expect(reasons({ correction: true, stores: [store('1', 1, 1)] })).toEqual([]);
  });
});

test('all reasons are told at once', () => {
  expect(reasons({ takenAt: 0, rejected: 100, stores: [store('1', 0)] })).toEqual([
    'stale',
    'too-many-rejected',
    'store-missing',
    'store-dropped',
  ]);
});
