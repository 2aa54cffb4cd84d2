import { describe, expect, test } from 'vitest';
import { TransactionTimes } from '../../src/smaregi/transaction-time.ts';

const read = (text: string, timeZone = 'Asia/Tokyo') => {
  const moment = new TransactionTimes(timeZone).read(text);
  return moment === undefined ? undefined : new Date(moment).toISOString();
};

describe('a date-time', () => {
  test.each([
    ['2026/05/02 13:04:11', '2026-05-02T04:04:11.000Z'],
    ['2026/5/2 9:04', '2026-05-02T00:04:00.000Z'],
    ['2026-05-02 13:04:11', '2026-05-02T04:04:11.000Z'],
    ['2026-05-02T13:04:11+09:00', '2026-05-02T04:04:11.000Z'],
    ['2026-05-02T13:04:11.123+0900', '2026-05-02T04:04:11.000Z'],
    ['2026-05-02T13:04:11Z', '2026-05-02T13:04:11.000Z'],
    ['2026-05-02T00:30:00-05:30', '2026-05-02T06:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    '2026/02/30 10:00:00',
    '2026/05/02 24:00:00',
    '2026/05/02 10:60',
    '2026/05-02 10:00',
    '20260502',
    'x',
  ])('%s is none', (text) => {
    expect(read(text)).toBeUndefined();
    expect(read(`${text}+09:00`)).toBeUndefined();
  });

  test('in an hour of which half is skipped keeps to the clock', () => {
    // Lord Howe Island goes from 02:00 to 02:30 on 4 October 2026.
    expect(read('2026-10-04 02:45:00', 'Australia/Lord_Howe')).toBe('2026-10-03T15:45:00.000Z');
    expect(read('2026-10-04 01:45:00', 'Australia/Lord_Howe')).toBe('2026-10-03T15:15:00.000Z');
  });
});
