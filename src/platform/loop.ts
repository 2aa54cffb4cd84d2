import type { Clock } from './clock.ts';

/**
 * Runs `step` again and again: when woken, and at least every `everyMs`. Watchers, timers and webhooks only
 * call `wake`; the step asks the store what is due. A step never overlaps itself. A step that throws is given
 * to `onError` and the loop goes on.
 */
export class Loop {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #step: (signal: AbortSignal) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #stop = new AbortController();
  #woken = false;
  #rouse: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(options: {
    clock: Clock;
    everyMs: number;
    step: (signal: AbortSignal) => Promise<void>;
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
      try {
        await this.#step(signal);
      } catch (error) {
        if (!signal.aborted) this.#onError(error);
      }
      if (!this.#woken && !signal.aborted) await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    const nap = new AbortController();
    this.#rouse = () => nap.abort();
    await this.#clock.sleep(this.#everyMs, nap.signal);
    this.#rouse = () => {};
  }
}
