import type { Clock } from './clock.ts';

/** So many calls in any time of this length. */
export interface Rate {
  calls: number;
  perMs: number;
}

/** A call that was let through: to be told when it is written, where that may be later, and when it is answered. */
export interface Passage {
  written(): void;
  answered(): void;
}

/** Where there is no limit. */
export const freePassage: Passage = { written() {}, answered() {} };

/** In any second only whole calls fit: of 2.5 a second two, of less than one a second one in a longer time. */
export function rateOf(requestsPerSecond: number): Rate {
  if (requestsPerSecond < 1) return { calls: 1, perMs: Math.ceil(1_000 / requestsPerSecond) };
  return { calls: Math.floor(requestsPerSecond), perMs: 1_000 };
}

/**
 * How much later than it was written a call may reach the other side and the limit still hold there: a new connection, a busy
 * moment. Costs at most this share of the rate, and nothing where answers come faster.
 */
const delayMs = 50;

/**
 * Holds a rate in every sliding window as the other side sees it. A queue paces when tasks start; between that and
 * the arrival lie the recording of the call and the way, whose lengths vary, and calls could move together. A call
 * counts from its answer (it had arrived by then), or from `delayMs` after it was written if that is sooner.
 */
export class SlidingLimit {
  readonly #rate: Rate;
  readonly #clock: Clock;
  /** Until when each of the last calls counts. */
  #counting: { until: number }[] = [];
  #line: Promise<unknown> = Promise.resolve();
  #rouse: () => void = () => {};

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Resolves, in order of asking, when one more call may leave. */
  pass(): Promise<Passage> {
    const turn = this.#line.then(() => this.#admit());
    this.#line = turn;
    return turn;
  }

  async #admit(): Promise<Passage> {
    const { calls, perMs } = this.#rate;
    for (;;) {
      const now = this.#clock.now();
      // A clock set back must not stop the line: nothing counts for longer than it can.
      this.#counting = this.#counting.filter(({ until }) => until > now && until <= now + perMs + delayMs);
      if (this.#counting.length < calls) break;
      const nap = new AbortController();
      this.#rouse = () => nap.abort();
      await this.#clock.sleep(Math.min(...this.#counting.map(({ until }) => until - now)), nap.signal);
    }
    const untilFrom = (leftAt: number) => leftAt + delayMs + perMs;
    const call = { until: untilFrom(this.#clock.now()) };
    this.#counting.push(call);
    return {
      written: () => {
        call.until = untilFrom(this.#clock.now());
      },
      answered: () => {
        call.until = Math.min(call.until, this.#clock.now() + perMs);
        this.#rouse();
      },
    };
  }
}
