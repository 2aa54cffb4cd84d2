import { expect, test } from 'vitest';
import { Loop } from '../../src/platform/loop.ts';
import { ManualClock } from '../support/manual-clock.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

function counting(step: (rounds: number) => Promise<number | undefined>) {
  const clock = new ManualClock();
  const errors: unknown[] = [];
  let rounds = 0;
  const loop = new Loop({
    clock,
    everyMs: 1000,
    step: () => step(++rounds),
    onError: (error) => errors.push(error),
  });
  return { clock, loop, errors, rounds: () => rounds };
}

test('a loop runs at start, then at its pace', async () => {
  const { clock, loop, rounds } = counting(async () => undefined);
  loop.start();
  await turn();
  expect(rounds()).toBe(1);
  await clock.advance(999);
  expect(rounds()).toBe(1);
  await clock.advance(1);
  expect(rounds()).toBe(2);
  await loop.stop(never);
});

test('waking a loop while it works gives one more round at once, and no overlap', async () => {
  let release = () => {};
  const { loop, rounds } = counting(
    () =>
      new Promise((resolve) => {
        release = () => resolve(undefined);
      }),
  );
  loop.start();
  await turn();
  loop.wake();
  loop.wake();
  await turn();
  expect(rounds()).toBe(1);
  release();
  await turn();
  expect(rounds()).toBe(2);
  release();
  await turn();
  expect(rounds()).toBe(2);
  await loop.stop(never);
});

test('a step may ask for the next round earlier', async () => {
  const { clock, loop, rounds } = counting(async () => 50);
  loop.start();
  await turn();
  await clock.advance(50);
  expect(rounds()).toBe(2);
  await loop.stop(never);
});

test('a step that throws is reported and the loop goes on', async () => {
  const { clock, loop, errors, rounds } = counting(async (round) => {
    if (round === 1) throw new Error('first round');
    return undefined;
  });
  loop.start();
  await turn();
  expect(errors).toEqual([new Error('first round')]);
  await clock.advance(1000);
  expect(rounds()).toBe(2);
  await loop.stop(never);
});

test('stopping lets the step finish; the deadline breaks it off', async () => {
  const clock = new ManualClock();
  const seen: string[] = [];
  const loop = new Loop({
    clock,
    everyMs: 1000,
    step: ({ stopping, giveUp }) =>
      new Promise((resolve) => {
        stopping.addEventListener('abort', () => seen.push('stopping'));
        giveUp.addEventListener('abort', () => {
          seen.push('give up');
          resolve(undefined);
        });
      }),
    onError: () => {},
  });
  loop.start();
  await turn();
  const deadline = new AbortController();
  const stopped = loop.stop(deadline.signal);
  await turn();
  expect(seen).toEqual(['stopping']);
  deadline.abort();
  await stopped;
  expect(seen).toEqual(['stopping', 'give up']);
});
