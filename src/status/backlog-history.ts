const minuteMs = 60_000;

/** How many postings were due, minute by minute, as far as somebody looked. In memory only. */
export class BacklogHistory {
  readonly #minutes: number;
  readonly #seen = new Map<number, number>();
  #since: number | undefined;

  constructor(minutes: number) {
    this.#minutes = minutes;
  }

  /** Remembers the last count of each minute. */
  note(now: number, due: number): void {
    this.#since = due === 0 ? undefined : (this.#since ?? now);
    this.#seen.set(minuteOf(now), due);
    for (const at of this.#seen.keys())
      if (at <= minuteOf(now) - this.#minutes * minuteMs) this.#seen.delete(at);
  }

  /** Since when something has been due without a pause. */
  get since(): number | undefined {
    return this.#since;
  }

  /** What was due in the minute that begins at `minute`, or null when nobody looked. */
  at(minute: number): number | null {
    return this.#seen.get(minute) ?? null;
  }
}

function minuteOf(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}
