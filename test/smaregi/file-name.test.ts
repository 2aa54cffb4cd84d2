import { describe, expect, test } from 'vitest';
import { takenAtOf } from '../../src/smaregi/file-name.ts';

const modifiedAt = 1_000;
const tokyo = (text: string) => Date.parse(`${text}+09:00`);

describe('when a file was made', () => {
  test.each([
    ['zaiko_20261124_0300.csv', '2026-11-24T03:00:00'],
    ['zaiko_20261124_030015.csv', '2026-11-24T03:00:15'],
    ['zaiko-20261124-0300.csv.gz', '2026-11-24T03:00:00'],
    ['202611240300.csv', '2026-11-24T03:00:00'],
    ['20261124030015zaiko.zip', '2026-11-24T03:00:15'],
    ['zaiko_20261124T0300.csv', '2026-11-24T03:00:00'],
    ['zaiko_store3_20261124_0320.csv.rejected.csv', '2026-11-24T03:20:00'],
    ['20261399_0300_20261124_0300.csv', '2026-11-24T03:00:00'],
  ])('stands in the name %s', (name, expected) => {
    expect(takenAtOf(name, modifiedAt, 'Asia/Tokyo')).toBe(tokyo(expected));
  });

  test.each([
    'zaiko.csv',
    'zaiko_20261124.csv',
    'zaiko_20261332_0300.csv',
    'zaiko_20261124_2500.csv',
    'zaiko_20260229_0300.csv',
    'zaiko_120261124_0300.csv',
    'zaiko_20261124_03001.csv',
    '4901234567894.csv',
  ])('is its modification time for %s', (name) => {
    expect(takenAtOf(name, modifiedAt, 'Asia/Tokyo')).toBe(modifiedAt);
  });

  test('is a time on the clocks of the zone', () => {
    expect(takenAtOf('z_20261124_0300.csv', 0, 'UTC')).toBe(Date.parse('2026-11-24T03:00:00Z'));
  });
});
