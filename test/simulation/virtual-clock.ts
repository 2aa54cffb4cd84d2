import type { Clock } from '../../src/platform/clock.ts';

interface Entry {
  at: number;
  /** Of entries for the same moment, the one that was made first comes first. */
  order: number;
  run: () => void;
}

/** Time that stands still until it is moved. What waits for a moment runs in order of time. */
export class VirtualClock implements Clock {
  #now: number;
  #made = 0;
  #sleepers: Entry[] = [];
  #events: Entry[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const entry = this.#entry(this.#now + ms, resolve);
      this.#sleepers.push(entry);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== entry);
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Something of the world outside happens at a moment. */
  at(at: number, run: () => void): void {
    this.#events.push(this.#entry(at, run));
  }

  /** No leap goes beyond this moment: whoever sleeps a second or two is awake then. */
  wakeAt(at: number): void {
    this.at(at, () => {});
  }

  /** When the next event outside is. */
  get nextEventAt(): number {
    return this.#events.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
  }

  /** When the next of those who sleep wants to be woken. */
  get nextSleeperAt(): number {
    return this.#sleepers.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
  }

  /** Moves time to a moment and runs all that is due by then. Whoever sleeps may be woken late, as on a busy machine. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at);
    const isDue = (entry: Entry) => entry.at <= this.#now;
    const due = [...this.#events.filter(isDue), ...this.#sleepers.filter(isDue)];
    this.#events = this.#events.filter((entry) => !isDue(entry));
    this.#sleepers = this.#sleepers.filter((entry) => !isDue(entry));
    for (const { run } of due.sort((one, other) => one.at - other.at || one.order - other.order)) run();
  }

  /** Nobody who sleeps is ever woken: their process is dead. */
  forgetSleepers(): void {
    this.#sleepers = [];
  }

  #entry(at: number, run: () => void): Entry {
    this.#made += 1;
    return { at, order: this.#made, run };
  }
}
