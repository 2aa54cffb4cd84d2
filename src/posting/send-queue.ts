import PQueue from 'p-queue';
import type { Clock } from '../platform/clock.ts';
import { freePassage, type Passage, rateOf, SlidingLimit } from '../platform/sliding-limit.ts';

/** What starts calls: so many at once, so many a second. */
export interface SendQueue {
  /** Tasks that wait for their turn. */
  readonly waiting: number;
  /** Tasks under way. */
  readonly running: number;
  add(task: () => Promise<void>): void;
  /** To be awaited by a task right before its call leaves. */
  pass(): Promise<Passage>;
  setConcurrency(concurrency: number): void;
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
  const limit = rate && new SlidingLimit(rate, clock);
  return {
    get waiting() {
      return queue.size;
    },
    get running() {
      return queue.pending;
    },
    add(task) {
      // A task reports its own failures; what rejects here was dropped by drain.
      void queue.add(task).catch(() => {});
    },
    pass: async () => limit?.pass() ?? freePassage,
    setConcurrency(next) {
      if (queue.concurrency !== next) queue.concurrency = next;
    },
    pause: () => queue.pause(),
    resume: () => {
      if (queue.isPaused) queue.start();
    },
    async drain() {
      queue.pause();
      queue.clear();
      await queue.onPendingZero();
    },
  };
}
