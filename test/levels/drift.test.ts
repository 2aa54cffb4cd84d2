import { describe, expect, test } from 'vitest';
import { type ToldCall, verdictOf } from '../../src/levels/drift.ts';

const call = (id: number, quantity: number): ToldCall => ({ id, quantity, movements: [id * 10] });
const row = { target: 10, now: 10, low: 10, high: 10 };
const open = { target: 10, now: 12, low: 10, high: 12 };

describe('a level', () => {
  test.each([
    ['that is what it should be', 'equal', row, 10, undefined, []],
    ['that lacks what is open', 'within-open', open, 12, undefined, []],
    ['that has some of what is open', 'within-open', open, 11, undefined, []],
    ['that a rule shows as nothing', 'zeroed', row, 0, 'HIDE', [call(1, -10)]],
    ['that is nothing without a rule, as if a call came twice', 'doubled', row, 0, undefined, [call(1, -10)]],
    ['that lacks a call', 'lost', row, 12, undefined, [call(1, -1), call(2, -2)]],
    ['that lacks two calls', 'lost', row, 13, undefined, [call(1, -1), call(2, -2)]],
    ['that has a call twice', 'doubled', row, 8, undefined, [call(1, -1), call(2, -2)]],
    ['that no call explains', 'changed', row, 17, undefined, [call(1, -1), call(2, -2)]],
    [
      'that more calls explain than is likely',
      'changed',
      row,
      14,
      undefined,
      [1, 2, 3, 4].map((id) => call(id, -1)),
    ],
  ])('%s is %s', (_what, expected, span, quantity, reason, calls) => {
    expect(verdictOf(span, { quantity, reason }, () => calls).class).toBe(expected);
  });

  test('that nobody holds is one of nothing', () => {
    expect(verdictOf({ target: 0, now: 0, low: 0, high: 0 }, undefined, () => []).class).toBe('equal');
    expect(verdictOf(row, undefined, () => []).class).toBe('changed');
  });

  test('is explained by the newest of the calls that could be it', () => {
    expect(verdictOf(row, { quantity: 11, reason: undefined }, () => [call(7, -1), call(3, -1)])).toEqual({
      class: 'lost',
      calls: [call(7, -1)],
    });
  });
});
