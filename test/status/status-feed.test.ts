import { expect, test } from 'vitest';
import { StatusFeed } from '../../src/status/status-feed.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A feed of a ledger whose reading takes so long, and how often it was read. */
function feedOf(tookMs: number) {
  const clock = new ManualClock();
  const seen = { reads: 0, told: [] as string[] };
  let content = 'quiet';
  const feed = new StatusFeed({
    reader: {
      async ask() {
        seen.reads += 1;
        return { text: `{"at":"${clock.now()}","is":"${content}"}`, tookMs };
      },
    },
    clock,
    onError: (error) => {
      throw error;
    },
  });
  const change = (to: string) => {
    content = to;
  };
  return { feed, clock, seen, change };
}

const stopNow = () => AbortSignal.abort();

test('many who ask at once share one reading', async () => {
  const { feed, seen } = feedOf(5);
  await Promise.all(Array.from({ length: 50 }, () => feed.current()));
  expect(seen.reads).toBe(1);
});

test('whoever asks a second later hears what is new then', async () => {
  const { feed, clock, change } = feedOf(5);
  expect(await feed.current()).toContain('quiet');
  change('busy');
  await clock.advance(1_000);
  expect(await feed.current()).toContain('busy');
});

test('a reading that takes long is not repeated before twenty times as long has passed', async () => {
  const { feed, clock, seen } = feedOf(1_000);
  await feed.current();
  for (let second = 0; second < 18; second += 1) {
    await clock.advance(1_000);
    await feed.current();
  }
  expect(seen.reads).toBe(1);
  await clock.advance(2_000);
  await feed.current();
  expect(seen.reads).toBe(2);
});

test('what was changed on purpose is read at once', async () => {
  const { feed, change } = feedOf(1_000);
  await feed.current();
  change('decided');
  await feed.refresh();
  expect(await feed.current()).toContain('decided');
});

test('listeners hear of changes, and of nothing while nothing changes', async () => {
  const { feed, clock, seen, change } = feedOf(5);
  const unlisten = feed.listen((text) => seen.told.push(text));
  feed.start();
  await clock.advance(0);
  for (let second = 0; second < 5; second += 1) await clock.advance(1_000);
  expect(seen.told).toHaveLength(1);
  change('busy');
  for (let second = 0; second < 3; second += 1) await clock.advance(1_000);
  expect(seen.told).toHaveLength(2);
  unlisten();
  change('quiet again');
  for (let second = 0; second < 30; second += 1) await clock.advance(1_000);
  expect(seen.told).toHaveLength(2);
  const stopping = feed.stop(stopNow());
  await clock.advance(60_000);
  await stopping;
});
