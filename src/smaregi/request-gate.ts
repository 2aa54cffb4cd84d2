import type { Clock } from '../platform/clock.ts';
import { type Passage, rateOf, SlidingLimit } from '../platform/sliding-limit.ts';

/**
 * Lets requests of one kind (reads, writes) leave: so many at once, within their limit, and none while the server asks
 * to wait. What has passed leaves at once, or the limit would not hold where requests arrive.
 */
export class RequestGate {
  readonly #limit: SlidingLimit;
  readonly #clock: Clock;
  #free: number;
  readonly #queue: (() => void)[] = [];
  #closedUntil = 0;

  constructor(options: { requestsPerSecond: number; concurrency: number }, clock: Clock) {
    this.#limit = new SlidingLimit(rateOf(options.requestsPerSecond), clock);
    this.#free = options.concurrency;
    this.#clock = clock;
  }

  /** Resolves when one more may leave. Rejects when aborted. */
  async pass(signal?: AbortSignal): Promise<Passage> {
    await this.#slot();
    try {
      await this.#open(signal);
      const passage = await this.#limit.pass();
      return {
        ...passage,
        answered: () => {
          passage.answered();
          this.#release();
        },
      };
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** The server asked to wait: so does everyone. */
  closeFor(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + ms);
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const waitMs = this.#closedUntil - this.#clock.now();
      if (waitMs <= 0) return;
      await this.#clock.sleep(waitMs, signal);
    }
  }

  async #slot(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #release(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free += 1;
  }
}
