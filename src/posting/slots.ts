/** So many may be under way at once; more wait their turn, in order. */
export class Slots {
  #count: number;
  #taken = 0;
  #closed = false;
  #line: ((granted: boolean) => void)[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /** Whether a slot was given, which is to be freed then; false: none was free, and waiting is over. */
  take(): Promise<boolean> | boolean {
    if (this.#taken < this.#count) {
      this.#taken += 1;
      return true;
    }
    if (this.#closed) return false;
    return new Promise((resolve) => this.#line.push(resolve));
  }

  free(): void {
    this.#taken -= 1;
    this.#callNext();
  }

  /** Those that are taken stay so when there are fewer. */
  resize(count: number): void {
    this.#count = count;
    this.#callNext();
  }

  /** Sends away whoever waits, and whoever would have to wait until {@link open}. */
  close(): void {
    this.#closed = true;
    for (const resolve of this.#line) resolve(false);
    this.#line = [];
  }

  open(): void {
    this.#closed = false;
  }

  #callNext(): void {
    while (this.#line.length > 0 && this.#taken < this.#count) {
      this.#taken += 1;
      this.#line.shift()?.(true);
    }
  }
}
