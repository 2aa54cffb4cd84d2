import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rateOf, SlidingLimit } from '../../src/platform/sliding-limit.ts';
import { ManualClock } from '../support/manual-clock.ts';

test.each([
  [10, { calls: 10, perMs: 1_000 }],
  [0.5, { calls: 1, perMs: 2_000 }],
  [2.5, { calls: 2, perMs: 1_000 }],
])('%d requests a second', (requestsPerSecond, rate) => {
  expect(rateOf(requestsPerSecond)).toEqual(rate);
});

const rate = { calls: 3, perMs: 100 };

/** Calls that ask to leave after gaps, each held up before it is written and taking a time on its way; when each arrives, by a clock of milliseconds. */
async function arrivals(calls: readonly { gap: number; held: number; way: number }[]): Promise<number[]> {
  const clock = new ManualClock(0);
  const limit = new SlidingLimit(rate, clock);
  const arrived: number[] = [];
  const under: { at: number; answered: () => void }[] = [];
  const tick = async () => {
    await clock.advance(1);
    for (const call of under.splice(0)) {
      if (call.at > clock.now()) under.push(call);
      else {
        arrived.push(clock.now());
        call.answered();
      }
    }
  };
  for (const { gap, held, way } of calls) {
    for (let ms = 0; ms < gap; ms += 1) await tick();
    void limit.pass().then(async ({ written, answered }) => {
      await clock.sleep(held);
      written();
      under.push({ at: clock.now() + way, answered });
    });
  }
  for (let ms = 0; ms < 10_000 && arrived.length < calls.length; ms += 1) await tick();
  return arrived;
}

test('however calls come and travel, no window holds more of them than the rate where they arrive', async () => {
  const call = fc.record({
    gap: fc.integer({ min: 0, max: 40 }),
    held: fc.constantFrom(0, 0, 0, 1, 60, 90),
    way: fc.integer({ min: 1, max: 49 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
      const arrived = await arrivals(calls);
      expect(arrived).toHaveLength(calls.length);
      for (const from of arrived) {
        const inWindow = arrived.filter((at) => at >= from && at < from + rate.perMs).length;
        expect(inWindow).toBeLessThanOrEqual(rate.calls);
      }
    }),
    { numRuns: 30 },
  );
});

test('where answers are quick, the rate is used whole', async () => {
  const arrived = await arrivals(Array.from({ length: 30 }, () => ({ gap: 0, held: 0, way: 1 })));
  expect(Math.max(...arrived)).toBeLessThanOrEqual(9 * (rate.perMs + 3) + 1);
});
