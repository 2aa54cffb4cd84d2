import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop, type LoopSignals } from '../platform/loop.ts';
import { messageOf, systemCode } from '../platform/problem.ts';

/** Something at Smaregi that is read again and again. Reads may throw; what was committed before stays. */
export interface Source<Named> {
  /** For people: `stock`. */
  readonly name: string;
  keyOf(named: Named): string;
  /** Reads what was named. */
  readNamed(named: readonly Named[], signal: AbortSignal): Promise<void>;
  /** Reads everything that is new; `between` is to be awaited wherever something named may take its turn. */
  readAll(signal: AbortSignal, between: () => Promise<void>): Promise<void>;
  /** When everything is to be read again, after it was read at `now`. Epoch milliseconds. */
  nextAt(now: number): number;
}

/** After a failure everything is read again so soon, or when it is due if that is sooner. */
const retryMs = 15_000;
/** A loop must look at its watch now and then. */
const everyMs = 60_000;

/** Reads a source when it is due, and what was named in between at once. */
export class Poll<Named> {
  readonly #source: Source<Named>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #loop: Loop;
  readonly #named = new Map<string, Named>();
  #dueAt: number;
  #trouble: string | undefined;

  /** `firstAt`: when everything is read for the first time. */
  constructor(options: { source: Source<Named>; firstAt: number; clock: Clock; log: Logger }) {
    this.#source = options.source;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#dueAt = options.firstAt;
    this.#loop = new Loop({
      clock: options.clock,
      everyMs,
      step: (signals) => this.#round(signals),
      onError: (error) => this.#report(error),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** These are to be read now. */
  wake(named: readonly Named[]): void {
    for (const one of named) this.#named.set(this.#source.keyOf(one), one);
    this.#loop.wake();
  }

  /** Everything is to be read within `ms`. */
  hurry(ms: number): void {
    this.#dueAt = Math.min(this.#dueAt, this.#clock.now() + ms);
    this.#loop.wake();
  }

  /** Ends after what is being committed; an answer that is under way is not waited for. */
  stop(deadline: AbortSignal): Promise<void> {
    return this.#loop.stop(deadline);
  }

  async #round({ stopping }: LoopSignals): Promise<number | undefined> {
    try {
      await this.#readNamed(stopping);
      if (this.#clock.now() >= this.#dueAt) {
        const startedAt = this.#clock.now();
        await this.#source.readAll(stopping, () => this.#readNamed(stopping));
        this.#dueAt = this.#source.nextAt(startedAt);
      }
      this.#recovered();
    } catch (error) {
      if (stopping.aborted) return undefined;
      this.#report(error);
      // What was named is found by reading everything.
      this.#dueAt = this.#retryAt(this.#clock.now());
    }
    return Math.max(0, this.#dueAt - this.#clock.now());
  }

  /** What was due has just failed: it is due anew. Where Smaregi refuses at once, nobody would rest otherwise. */
  #retryAt(now: number): number {
    const dueAt = this.#dueAt > now ? this.#dueAt : this.#source.nextAt(now);
    return Math.min(dueAt, now + retryMs);
  }

  async #readNamed(signal: AbortSignal): Promise<void> {
    if (this.#named.size === 0) return;
    const named = [...this.#named.values()];
    this.#named.clear();
    await this.#source.readNamed(named, signal);
  }

  #report(error: unknown): void {
    const message = messageOf(error);
    if (message === this.#trouble) return;
    this.#trouble = message;
    const code = systemCode(error) ?? 'smaregi-read-failed';
    this.#log.warn({ code, err: error }, `Smaregi's ${this.#source.name} cannot be read for now: ${message}`);
  }

  #recovered(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#log.info(`Smaregi's ${this.#source.name} is read again`);
  }
}
