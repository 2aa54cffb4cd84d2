import PQueue from 'p-queue';

/** What starts calls: so many at once, so many a second. */
export interface SendQueue {
  /** Tasks that wait for their turn. */
  readonly waiting: number;
  /** Tasks under way. */
  readonly running: number;
  add(task: () => Promise<void>): void;
  setConcurrency(concurrency: number): void;
  pause(): void;
  resume(): void;
  /** Drops what waits and resolves when nothing is under way. */
  drain(): Promise<void>;
}

/**
 * A second and a little: two calls that leave a second apart may reach the OMS a few milliseconds closer, and its
 * limit holds there. Costs 2 % of the rate.
 */
const secondMs = 1_020;

/** `requestsPerSecond` holds in every sliding second; null: no limit. */
export function createSendQueue(options: {
  concurrency: number;
  requestsPerSecond: number | null;
}): SendQueue {
  const { concurrency, requestsPerSecond } = options;
  const queue = new PQueue({ concurrency, ...limitOf(requestsPerSecond) });
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

/** Rates that are no whole number become whole calls in a longer time. */
function limitOf(requestsPerSecond: number | null) {
  if (requestsPerSecond === null) return {};
  const intervalCap = Math.max(1, Math.floor(requestsPerSecond));
  return { intervalCap, interval: Math.ceil((secondMs * intervalCap) / requestsPerSecond), strict: true };
}
