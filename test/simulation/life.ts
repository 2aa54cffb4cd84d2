import type { CrashPoint } from '../../src/platform/crash-point.ts';

/** Where the service of a history may die: at the places that it names itself, at every commit, and around a call. */
export type DeathPoint =
  | CrashPoint
  /** All of a transaction is written; it is not committed. */
  | 'before-commit'
  | 'committed'
  /** It is noted that a call leaves, or was accepted; nothing came of that yet. */
  | 'noted'
  /** The request is on its way; it arrives all the same. */
  | 'request-left'
  /** The OMS has applied it; the answer is on its way. */
  | 'request-applied'
  /** The answer is there and not yet recorded. */
  | 'answered';

/** The service dies at the n-th time that it comes to `point` from now on. */
export interface Death {
  point: DeathPoint;
  times: number;
}

/** What unwinds the stack of a service that has just died. */
export class Died extends Error {}

/** One life of the service, from its start to its death or to the end of the history. */
export class Life {
  isOver = false;
  /** How often the ledger was used: while this grows, the service is at work. */
  uses = 0;
  #death: Death | undefined;
  readonly #onDeath: (point: DeathPoint) => void;

  constructor(onDeath: (point: DeathPoint) => void) {
    this.#onDeath = onDeath;
  }

  dieAt(death: Death | undefined): void {
    this.#death = death;
  }

  /** @throws Died when this life is over */
  use(): void {
    this.uses += 1;
    if (this.isOver) throw new Died();
  }

  /** @throws Died when it is the time to die */
  reached(point: DeathPoint): void {
    if (this.isOver) throw new Died();
    if (this.#death?.point !== point) return;
    this.#death.times -= 1;
    if (this.#death.times > 0) return;
    this.end(point);
    throw new Died();
  }

  end(point: DeathPoint): void {
    this.isOver = true;
    this.#onDeath(point);
  }
}
