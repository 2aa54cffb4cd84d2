import type { Clock } from '../platform/clock.ts';
import { Loop } from '../platform/loop.ts';
import type { Read, StatusQuestion } from './status-reader.ts';

/** Younger than this is now. */
const freshMs = 250;
/** Between looks while a page is open, and while none is (for the chart's backlog). */
const watchedMs = 1_000;
const unwatchedMs = 15_000;
/** Reading takes at most one part in this many of the time, however large the backlog and however many ask. */
const share = 20;
/** However long it takes, the page is not older than this. */
const longestMs = 60_000;
/** Whoever asks gets what is known rather than wait longer for what is newer. */
const patienceMs = 120;

export interface StatusFeedOptions {
  reader: { ask(question: StatusQuestion): Promise<Read> };
  clock: Clock;
  onError: (error: unknown) => void;
}

/** The status as JSON text, read seldom enough to cost nothing, and told to whoever listens when it changes. */
export class StatusFeed {
  readonly #options: StatusFeedOptions;
  readonly #loop: Loop;
  readonly #listeners = new Set<(text: string) => void>();
  #latest: { text: string; readAt: number; notBefore: number } | undefined;
  #reading: Promise<string> | undefined;

  constructor(options: StatusFeedOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      everyMs: unwatchedMs,
      step: () => this.#step(),
      onError: options.onError,
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(deadline: AbortSignal): Promise<void> {
    await this.#loop.stop(deadline);
    await this.#reading?.catch(() => {});
  }

  /** How things stand: fresh where that is cheap, else what was read last. Rejects when the ledger cannot be read. */
  async current(): Promise<string> {
    const latest = this.#latest;
    const now = this.#options.clock.now();
    if (latest && (now - latest.readAt < freshMs || now < latest.notBefore)) return latest.text;
    const reading = this.#read();
    if (!latest) return reading;
    const patience = this.#options.clock.sleep(patienceMs).then(() => latest.text);
    return Promise.race([reading, patience]);
  }

  /** Something was changed on purpose: read at once. */
  async refresh(): Promise<void> {
    await this.#reading?.catch(() => {});
    await this.#read();
  }

  /** Calls `listener` with every change until the returned function is called. */
  listen(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    this.#loop.wake();
    return () => this.#listeners.delete(listener);
  }

  async #step(): Promise<number> {
    const waitMs = (this.#latest?.notBefore ?? 0) - this.#options.clock.now();
    if (waitMs > 0) return waitMs;
    await this.#read();
    const restMs = (this.#latest?.notBefore ?? 0) - this.#options.clock.now();
    return Math.max(restMs, this.#listeners.size > 0 ? watchedMs : unwatchedMs);
  }

  /** One reading at a time, shared by all who want one. */
  #read(): Promise<string> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<string> {
    const { reader, clock } = this.#options;
    const { text, tookMs } = await reader.ask({ is: 'status', now: clock.now() });
    const readAt = clock.now();
    const changed = this.#latest === undefined || withoutTime(this.#latest.text) !== withoutTime(text);
    this.#latest = { text, readAt, notBefore: readAt + Math.min(tookMs * (share - 1), longestMs) };
    if (changed) for (const listener of this.#listeners) listener(text);
    return text;
  }
}

/** A status begins with the moment it was read at, which alone is no change. */
function withoutTime(text: string): string {
  return text.slice(text.indexOf(',') + 1);
}
