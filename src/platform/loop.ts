import type { Clock } from './clock.ts';

/** One round of a loop. It may return in how many milliseconds the next is wanted, if earlier than usual. */
export type LoopStep = (signal: AbortSignal) => Promise<number | undefined>;

/**
 * Runs `step` again and again: when woken, when the step asks for it, and at least every `everyMs`. Watchers,
 * timers and webhooks only call `wake`; the step asks the store what is due. A step never overlaps itself. A step
 * that throws is given to `onError` and the loop goes on.
 */
export class Loop {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #step: LoopStep;
  readonly #onError: (error: unknown) => void;
  readonly #stop = new AbortController();
  #woken = false;
  #rouse: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(options: {
    clock: Clock;
    everyMs: number;
    step: LoopStep;
    onError: (error: unknown) => void;
  }) {
    this.#clock = options.clock;
    this.#everyMs = options.everyMs;
    this.#step = options.step;
    this.#onError = options.onError;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#rouse();
  }

  /** Tells the step under way to stop through its signal, and resolves when it has. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#rouse();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#woken = false;
      let restMs = this.#everyMs;
      try {
        restMs = Math.min(restMs, (await this.#step(signal)) ?? restMs);
      } catch (error) {
        if (!signal.aborted) this.#onError(error);
      }
      if (!this.#woken && !signal.aborted) await this.#rest(restMs);
    }
  }

  async #rest(ms: number): Promise<void> {
    const nap = new AbortController();
    this.#rouse = () => nap.abort();
    await this.#clock.sleep(ms, nap.signal);
    this.#rouse = () => {};
  }
}
