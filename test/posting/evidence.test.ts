import { describe, expect, test } from 'vitest';
import { clockMarginMs, episodeOf, type LikeCall, verdictOf } from '../../src/posting/evidence.ts';

const lateMs = 60_000;
const noon = Date.UTC(2026, 10, 24, 3, 0, 0);

function call(id: number, known: LikeCall['known'], afterMs = 0): LikeCall {
  const sentAt = noon + afterMs;
  const answered = known === 'applied' || known === 'not-applied';
  return { id, known, sentAt, answeredAt: answered ? sentAt + 100 : undefined };
}

function calls(text: string): LikeCall[] {
  return text.split(' ').map((known, id) => call(id, known as LikeCall['known'], id));
}

describe('what the records that are found say', () => {
  test.each([
    ['doubtful', 0, 'not-applied'],
    ['doubtful', 1, 'applied'],
    ['doubtful', 2, 'ambiguous'],
    ['applied doubtful', 0, 'ambiguous'],
    ['applied doubtful', 1, 'not-applied'],
    ['applied doubtful', 2, 'applied'],
    ['not-applied doubtful', 0, 'not-applied'],
    ['not-applied doubtful', 1, 'applied'],
    ['doubtful doubtful', 0, 'not-applied'],
    ['doubtful doubtful', 1, 'ambiguous'],
    ['doubtful doubtful', 2, 'applied'],
    ['claimed doubtful', 0, 'not-applied'],
    ['claimed doubtful', 1, 'ambiguous'],
    ['claimed doubtful', 2, 'applied'],
    ['under-way doubtful', 0, 'too-early'],
    ['under-way doubtful', 1, 'too-early'],
  ])('%s, %d found: %s', (known, found, verdict) => {
    const episode = { from: 0, to: 1, calls: calls(known) };
    expect(verdictOf(episode, found).kind).toBe(verdict);
  });
});

describe('an episode', () => {
  test('holds every call whose span meets that of another in it, and no other', () => {
    const reach = 2 * clockMarginMs + 100;
    const chain = [
      call(1, 'applied', -3 * reach),
      call(2, 'applied', -reach),
      call(3, 'doubtful', 0),
      call(4, 'applied', reach + lateMs - 100),
      call(5, 'doubtful', 4 * reach + lateMs),
    ];
    const episode = episodeOf(3, chain, lateMs);
    expect(episode?.calls.map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  test('reaches as far as a call may still have been applied, and the clocks may differ', () => {
    expect(episodeOf(1, [call(1, 'doubtful')], lateMs)).toMatchObject({
      from: noon - clockMarginMs,
      to: noon + lateMs + clockMarginMs,
    });
  });

  test('of a call that is not there is none', () => {
    expect(episodeOf(9, [call(1, 'doubtful')], lateMs)).toBeUndefined();
  });
});
