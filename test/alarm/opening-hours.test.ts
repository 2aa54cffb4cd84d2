import { describe, expect, test } from 'vitest';
import { openSince } from '../../src/alarm/opening-hours.ts';

const every = { from: '10:00', to: '20:00', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const };
const hours = {
  every: { ...every, days: [...every.days] },
  stores: { '3': null, '5': { from: '12:00', to: '13:00', days: ['sun' as const] } },
};

/** 24 November 2026 is a Tuesday. */
const at = (time: string, day = 24) => Date.parse(`2026-11-${day}T${time}:00+09:00`);
const since = (storeId: string, now: number, kind: 'store' | 'warehouse' = 'store') => {
  const opened = openSince({ storeId, kind }, hours, now, 'Asia/Tokyo');
  return opened === undefined ? undefined : new Date(opened).toISOString();
};

describe('a store', () => {
  test.each([
    ['before it opens', '1', at('09:59'), undefined],
    ['from the minute at which it opens', '1', at('10:00'), '2026-11-24T01:00:00.000Z'],
    ['until it closes', '1', at('19:59'), '2026-11-24T01:00:00.000Z'],
    ['from the minute at which it closes', '1', at('20:00'), undefined],
    ['on a day on which it stays closed', '1', at('12:00', 29), undefined],
    ['with hours of its own', '5', at('12:30', 29), '2026-11-29T03:00:00.000Z'],
    ['that nobody gave hours to', '3', at('12:00'), undefined],
  ])('%s', (_when, store, now, expected) => {
    expect(since(store, now)).toBe(expected);
  });

  test('that is a warehouse is never open', () => {
    expect(since('1', at('12:00'), 'warehouse')).toBeUndefined();
  });
});
