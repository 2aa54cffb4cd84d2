import type { Clock } from './clock.ts';

/** The reason of an abort that is no error: without one, each makes an exception with its stack. */
const woken = Symbol('woken');

export interface LoopSignals {
  /** The loop is being stopped: begin nothing new. */
  stopping: AbortSignal;
  /** The time to finish is over: break off. */
  giveUp: AbortSignal;
}

/** One round of a loop. It may return in how many milliseconds the next is wanted, if earlier than usual. */
export type LoopStep = (signals: LoopSignals) => Promise<number | undefined>;

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
  readonly #stopping = new AbortController();
  readonly #giveUp = new AbortController();
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

  /** Resolves when the step under way has ended: by itself, or broken off when `deadline` is aborted. */
  async stop(deadline: AbortSignal): Promise<void> {
    const giveUp = () => this.#giveUp.abort();
    deadline.addEventListener('abort', giveUp, { once: true });
    if (deadline.aborted) giveUp();
    this.#stopping.abort();
    this.#rouse();
    await this.#running;
    deadline.removeEventListener('abort', giveUp);
  }

  async #run(): Promise<void> {
    const signals = { stopping: this.#stopping.signal, giveUp: this.#giveUp.signal };
    while (!signals.stopping.aborted) {
      this.#woken = false;
      let restMs = this.#everyMs;
      try {
        restMs = Math.min(restMs, (await this.#step(signals)) ?? restMs);
      } catch (error) {
        if (!signals.giveUp.aborted) this.#onError(error);
      }
      if (!this.#woken && !signals.stopping.aborted) await this.#rest(restMs);
    }
  }

  async #rest(ms: number): Promise<void> {
    const nap = new AbortController();
    this.#rouse = () => nap.abort(woken);
    await this.#clock.sleep(ms, nap.signal);
    this.#rouse = () => {};
  }
}
