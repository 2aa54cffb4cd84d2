import { describe, expect, test } from 'vitest';
import {
  compactLocal,
  fromIso,
  fromLocal,
  isTimeZone,
  localDate,
  nextTimeOfDay,
  showLocal,
  toIso,
} from '../../src/platform/time-zone.ts';

const tokyo = 'Asia/Tokyo';
const at = fromIso('2026-11-23T18:00:05.678Z');

test('a moment is shown in the retailer zone and stored in UTC', () => {
  expect(showLocal(at, tokyo)).toBe('2026-11-24 03:00:05');
  expect(compactLocal(at, tokyo)).toBe('20261124_030005');
  expect(localDate(at, tokyo)).toBe('2026-11-24');
  expect(toIso(at)).toBe('2026-11-23T18:00:05.678Z');
  expect(fromIso(toIso(at))).toBe(at);
});

test('a wall-clock time that does not exist is no moment', () => {
  const time = { year: 2026, month: 11, day: 24, hour: 3, minute: 0, second: 5 };
  expect(fromLocal(time, tokyo)).toBe(fromIso('2026-11-23T18:00:05Z'));
  expect(fromLocal({ ...time, month: 13 }, tokyo)).toBeUndefined();
  expect(fromLocal({ ...time, day: 31 }, tokyo)).toBeUndefined();
  expect(fromLocal({ ...time, hour: 24 }, tokyo)).toBeUndefined();
});

describe('the next time of day', () => {
  test('is today while it is still to come, tomorrow from then on', () => {
    const appliesAt = fromIso('2026-11-23T20:30:00Z'); // 05:30 in Tokyo
    expect(nextTimeOfDay(at, '05:30', tokyo)).toBe(appliesAt);
    expect(nextTimeOfDay(appliesAt - 1, '05:30', tokyo)).toBe(appliesAt);
    expect(nextTimeOfDay(appliesAt, '05:30', tokyo)).toBe(appliesAt + 86_400_000);
  });

  test('follows the clocks of a zone with summer time', () => {
    const before = fromIso('2026-03-28T12:00:00Z');
    expect(toIso(nextTimeOfDay(before, '05:30', 'Europe/Berlin'))).toBe('2026-03-29T03:30:00.000Z');
  });
});

test('a zone is known by its name only', () => {
  expect(isTimeZone('Asia/Tokyo')).toBe(true);
  expect(isTimeZone('Tokyo')).toBe(false);
});
