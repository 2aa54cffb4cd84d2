import { describe, expect, test } from 'vitest';
import { openSpan, spanAt } from '../../src/levels/open-span.ts';

const base = { level: 10, takenAt: 100, appliedAt: 200 };
type Outcome = 'unknown' | 'accepted' | 'refused' | 'not-applied';
const call = (sentAt: number, outcome: Outcome, outcomeAt: number | null = sentAt + 1, multiplicity = 1) => ({
  sentAt,
  outcome,
  outcomeAt,
  multiplicity,
});
const sale = (recordedAt: number, calls: ReturnType<typeof call>[], quantity = -2) => ({
  destination: 'hotwax' as const,
  recordedAt,
  quantity,
  calls,
});

describe('what a level may be', () => {
  test.each([
    ['nothing happened', [], 10, 10, 10, 10],
    ['a sale was told', [sale(150, [call(300, 'accepted')])], 8, 8, 8, 8],
    [
      'a sale is in the snapshot and was told before the reset',
      [sale(50, [call(60, 'accepted')])],
      10,
      10,
      10,
      10,
    ],
    ['a sale was told and overwritten by the reset', [sale(150, [call(160, 'accepted')])], 8, 10, 8, 10],
    ['a sale was refused', [sale(150, [call(300, 'refused')])], 8, 10, 8, 10],
    ['a sale is in doubt', [sale(150, [call(300, 'unknown', null)])], 8, 10, 8, 10],
    [
      'a sale was answered only after the level was read',
      [sale(150, [call(300, 'accepted', 600)])],
      8,
      10,
      8,
      10,
    ],
    ['a contained sale was told after the reset', [sale(50, [call(300, 'accepted')])], 10, 8, 8, 10],
    [
      'it was taken back',
      [sale(50, [call(300, 'accepted'), call(400, 'accepted', 401, -1)])],
      10,
      10,
      10,
      10,
    ],
    ['Smaregi was told', [{ ...sale(150, []), destination: 'smaregi' as const }], 10, 10, 10, 10],
  ])('when %s', (_what, postings, target, now, low, high) => {
    expect(spanAt(base, postings, 500)).toEqual({ target, now, low, high });
  });

  test('without a reset everything counts, from nothing', () => {
    expect(spanAt(undefined, [sale(50, [call(60, 'accepted')])], 500)).toMatchObject({ target: -2, now: -2 });
  });
});

describe('what a movement adds', () => {
  test.each([
    ['told', 0, 1 as const, [], -2, -2, -2, -2],
    ['due', 1, 1 as const, [], -2, 0, -2, 0],
    ['to be taken back', -1, 0 as const, [], 0, -2, -2, 0],
    ['in doubt', null, 1 as const, [{ multiplicity: 1, outcome: 'unknown' }], -2, 0, -2, 0],
    ['in doubt although contained', null, 0 as const, [{ multiplicity: 1, outcome: 'unknown' }], 0, 0, -2, 0],
  ])('when it is %s', (_what, need, wanted, calls, target, now, low, high) => {
    expect(openSpan({ quantity: -2, need }, wanted, calls)).toEqual({ target, now, low, high });
  });
});
