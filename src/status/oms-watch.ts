import type { WatchedExchange } from '../platform/watched-http.ts';

/** Over so long the use of the limit is averaged: longer than a burst, shorter than a scrape. */
const useMs = 10_000;

/** A `Date` header is cut to the second: half of one is what it lacks on average. */
const halfSecondMs = 500;

/** Deltas are what the limit is for; they begin like this. */
const limitedPath = '/api/service/';

/** What can be learnt from the exchanges with the OMS, whatever they were about. */
export class OmsWatch {
  #starts: number[] = [];
  #clock: { differenceMs: number; at: number } | undefined;

  note({ path, startedAt, endedAt, exchange }: WatchedExchange): void {
    if (path.startsWith(limitedPath)) {
      this.#starts.push(startedAt);
      if ((this.#starts[0] ?? 0) < startedAt - useMs) this.#forget(startedAt);
    }
    const head = 'answer' in exchange ? exchange.answer : exchange.failure.head;
    const theirs = Date.parse(head?.headers.date ?? '');
    if (Number.isNaN(theirs)) return;
    this.#clock = { differenceMs: theirs + halfSecondMs - (startedAt + endedAt) / 2, at: endedAt };
  }

  /** How far the OMS's clock is ahead of ours, and when it said so; undefined: it never did. */
  get clock(): { differenceMs: number; at: number } | undefined {
    return this.#clock;
  }

  /** Deltas a second of late. */
  rate(now: number): number {
    this.#forget(now);
    return this.#starts.length / (useMs / 1000);
  }

  #forget(now: number): void {
    this.#starts = this.#starts.filter((at) => at > now - useMs);
  }
}
