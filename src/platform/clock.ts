import { setTimeout as delay } from 'node:timers/promises';

/**
 * The only way to read time or to wait. Everything takes a Clock as an argument, so that tests and the
 * simulation can run on a virtual one.
 */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : undefined);
    } catch {
      // Aborted: whoever waits looks at the signal itself.
    }
  },
};
