import { expect, test } from 'vitest';
import { deliveryOrder, firstFree } from '../../src/snapshot/snapshot-choice.ts';

const snapshot = (id: number, takenAt: number, change: object = {}) => ({
  id,
  takenAt,
  correction: false,
  stores: [{ storeId: '1', rows: 1, units: 1 }],
  uploadedAt: null as number | null,
  state: 'ready' as const,
  ...change,
});
const outcome = (snapshots: ReturnType<typeof snapshot>[]) => {
  const { queue, superseded } = deliveryOrder(snapshots);
  return { next: queue[0]?.id, superseded: superseded.map((one) => [one.snapshot.id, one.by]) };
};

test('nothing undelivered, nothing to do', () => {
  expect(outcome([])).toEqual({ next: undefined, superseded: [] });
});

test('a newer snapshot of the same stores replaces an older one, whichever came first', () => {
  expect(outcome([snapshot(1, 100), snapshot(2, 200)])).toEqual({ next: 2, superseded: [[1, 2]] });
  expect(outcome([snapshot(1, 200), snapshot(2, 100)])).toEqual({ next: 1, superseded: [[2, 1]] });
});

test('a newer snapshot of other stores replaces nothing', () => {
  const other = snapshot(2, 200, { stores: [{ storeId: '2', rows: 1, units: 1 }] });
  expect(outcome([snapshot(1, 100), other])).toEqual({ next: 1, superseded: [] });
});

test('one that is uploaded already is finished first, and not replaced', () => {
  expect(outcome([snapshot(1, 100, { uploadedAt: 5 }), snapshot(2, 200)])).toEqual({
    next: 1,
    superseded: [],
  });
});

test('a held snapshot never goes, is replaced by a newer one, and replaces none itself', () => {
  expect(outcome([snapshot(1, 100, { state: 'held' })])).toEqual({ next: undefined, superseded: [] });
  expect(outcome([snapshot(1, 100, { state: 'held' }), snapshot(2, 200)])).toEqual({
    next: 2,
    superseded: [[1, 2]],
  });
  expect(outcome([snapshot(1, 100), snapshot(2, 200, { state: 'held' })])).toEqual({
    next: 1,
    superseded: [],
  });
});

test('corrected rows complete a snapshot, they do not replace it', () => {
  expect(outcome([snapshot(1, 100), snapshot(2, 200, { correction: true })])).toEqual({
    next: 1,
    superseded: [],
  });
});

test('one that waits after a failure keeps back those that share a store with it, and no others', () => {
  const of = (...ids: string[]) => ({ stores: ids.map((storeId) => ({ storeId, rows: 1, units: 1 })) });
  const queue = [
    snapshot(1, 100, of('1', '2')),
    snapshot(2, 200, of('2', '3')),
    snapshot(3, 300, of('3')),
    snapshot(4, 400, of('4')),
  ];
  const free = (...waiting: number[]) => firstFree(queue, ({ id }) => waiting.includes(id))?.id;
  expect(free()).toBe(1);
  expect(free(1)).toBe(4);
  expect(free(2)).toBe(1);
  expect(free(1, 4)).toBeUndefined();
});
