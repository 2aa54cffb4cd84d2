import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { Problem } from '../../src/platform/problem.ts';
import { Poll, type Source } from '../../src/polling/poll.ts';
import { ManualClock } from '../support/manual-clock.ts';

const pollMs = 30_000;

/** A poll on a clock that is moved by hand; `reads` says what was read, in order. */
function makePoll(options: { fails?: () => boolean } = {}) {
  const clock = new ManualClock();
  const reads: string[] = [];
  let during: (between: () => Promise<void>) => Promise<void> = async () => {};
  const source: Source<string> = {
    name: 'things',
    keyOf: (name) => name,
    readNamed: async (names) => {
      reads.push(names.join('+'));
      if (options.fails?.()) throw new Problem('smaregi-unreachable', 'gone', 'wait');
    },
    readAll: async (_signal, between) => {
      reads.push('all');
      if (options.fails?.()) throw new Problem('smaregi-unreachable', 'gone', 'wait');
      await during(between);
    },
    nextAt: (now) => now + pollMs,
  };
  const poll = new Poll({ source, firstAt: clock.now(), clock, log: createLogger('silent') });
  poll.start();
  onTestFinished(() => poll.stop(AbortSignal.abort()));
  const turn = () => clock.advance(0);
  return {
    clock,
    reads,
    poll,
    turn,
    set during(work: typeof during) {
      during = work;
    },
  };
}

test('everything is read at the start, and when it is due', async () => {
  const { clock, reads, turn } = makePoll();
  await turn();
  expect(reads).toEqual(['all']);
  await clock.advance(pollMs - 1);
  expect(reads).toEqual(['all']);
  await clock.advance(1);
  await turn();
  expect(reads).toEqual(['all', 'all']);
});

test('what is named is read at once, each once, and nothing else', async () => {
  const { reads, poll, turn } = makePoll();
  await turn();
  poll.wake(['a', 'b']);
  poll.wake(['a']);
  await turn();
  expect(reads).toEqual(['all', 'a+b']);
});

test('what is named has its turn while everything is read', async () => {
  const made = makePoll();
  made.during = async (between) => {
    made.poll.wake(['now']);
    await between();
    made.reads.push('rest');
  };
  await made.turn();
  expect(made.reads).toEqual(['all', 'now', 'rest']);
});

test('after a failure everything is read again, soon, and what was named with it', async () => {
  let fails = false;
  const { clock, reads, poll, turn } = makePoll({ fails: () => fails });
  await turn();
  fails = true;
  poll.wake(['a']);
  await turn();
  fails = false;
  await clock.advance(15_000);
  await turn();
  expect(reads).toEqual(['all', 'a', 'all']);
});

test('what is refused at once is asked for again after a while, not in the same moment', async () => {
  const { clock, reads, turn } = makePoll({ fails: () => true });
  for (let turns = 0; turns < 5; turns += 1) await turn();
  expect(reads).toEqual(['all']);
  await clock.advance(15_000);
  await turn();
  expect(reads).toEqual(['all', 'all']);
});

test('hurry brings the next reading of everything nearer, never farther', async () => {
  const { clock, reads, poll, turn } = makePoll();
  await turn();
  poll.hurry(5_000);
  poll.hurry(60_000);
  await turn();
  await clock.advance(5_000);
  await turn();
  expect(reads).toEqual(['all', 'all']);
});
