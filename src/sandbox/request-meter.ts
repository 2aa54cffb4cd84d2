import type { Clock } from '../platform/clock.ts';

/** Counts requests, and says which come too fast. */
export class RequestMeter {
  readonly #perSecond: number | null;
  readonly #clock: Pick<Clock, 'now'>;
  #recent: number[] = [];
  served = 0;
  throttled = 0;

  /** `perSecond` null: nothing is too fast. */
  constructor(perSecond: number | null, clock: Pick<Clock, 'now'>) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Whether one more may be served now. */
  admits(): boolean {
    const now = this.#clock.now();
    this.#recent = this.#recent.filter((at) => at > now - 1000);
    if (this.#perSecond !== null && this.#recent.length >= this.#perSecond) {
      this.throttled += 1;
      return false;
    }
    this.#recent.push(now);
    this.served += 1;
    return true;
  }
}
