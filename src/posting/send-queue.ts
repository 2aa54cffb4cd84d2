import PQueue from 'p-queue';
import { longestWaitMs } from '../hotwax/late-calls.ts';
import type { Clock } from '../platform/clock.ts';
import { freePassage, type Passage, rateOf, SlidingLimit } from '../platform/sliding-limit.ts';
import { Slots } from './slots.ts';

/** What starts calls: so many at once, so many a second. */
export interface SendQueue {
  /** Tasks that wait for their turn. */
  readonly waiting: number;
  /** Tasks under way. */
  readonly running: number;
  /** Whether no rate holds, by which a task that begins before its call may leave would wait for long. */
  readonly isUnlimited: boolean;
  add(task: () => Promise<void>): void;
  /** To be awaited by a task right before its call leaves. Undefined: it must not leave any more. */
  pass(): Promise<Passage | undefined>;
  /** So many calls may be on their way. `ahead`: so many tasks more begin, to be ready when a call may leave. */
  setConcurrency(concurrency: number, ahead: number): void;
  pause(): void;
  resume(): void;
  /** Drops what waits and resolves when nothing is under way. */
  drain(): Promise<void>;
}

/** `requestsPerSecond` holds in every sliding second; null: no limit. */
export function createSendQueue(
  options: { concurrency: number; requestsPerSecond: number | null },
  clock: Clock,
): SendQueue {
  const { concurrency, requestsPerSecond } = options;
  const rate = requestsPerSecond === null ? undefined : rateOf(requestsPerSecond);
  const pacing = rate && { intervalCap: rate.calls, interval: rate.perMs, strict: true };
  const queue = new PQueue({ concurrency, ...pacing });
  const slots = new Slots(concurrency);
  const limit = rate && new SlidingLimit(rate, clock);
  return {
    get waiting() {
      return queue.size;
    },
    get running() {
      return queue.pending;
    },
    isUnlimited: rate === undefined,
    add(task) {
      // A task reports its own failures; what rejects here was dropped by drain.
      void queue.add(task).catch(() => {});
    },
    async pass() {
      const askedAt = clock.now();
      if (!(await slots.take())) return undefined;
      if (clock.now() - askedAt > longestWaitMs) {
        slots.free();
        return undefined;
      }
      const passage = (await limit?.pass()) ?? freePassage;
      return {
        written: passage.written,
        answered() {
          passage.answered();
          slots.free();
        },
      };
    },
    setConcurrency(next, ahead) {
      const tasks = next + ahead;
      slots.resize(next);
      if (queue.concurrency !== tasks) queue.concurrency = tasks;
    },
    pause() {
      queue.pause();
      slots.close();
    },
    resume() {
      slots.open();
      if (queue.isPaused) queue.start();
    },
    async drain() {
      queue.pause();
      queue.clear();
      slots.close();
      await queue.onPendingZero();
    },
  };
}
