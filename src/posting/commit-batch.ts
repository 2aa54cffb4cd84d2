import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { messageOf, systemCode } from '../platform/problem.ts';

/**
 * A batch waits so many turns of the event loop, since the last write came, for more that may come: each that joins
 * saves a flush, which takes as long as some thirty turns.
 */
const patience = 12;

/** How long a write that failed for want of disk or luck waits before it is tried again. */
const retryMs = 1_000;

interface Write {
  work: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * Commits writes in batches: everything that is asked for within a few turns of the event loop is one transaction,
 * and so one flush of the disk. A write resolves when it is durable.
 *
 * When the ledger cannot be written (a full disk, say) all writes wait, in order, and are tried again until they
 * succeed: the line stops, nothing is sent that is not recorded, and what is known is not forgotten.
 */
export class CommitBatch {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #onTrouble: (message: string | undefined) => void;
  readonly #mayGrow: () => boolean;
  #waiting: Write[] = [];
  #scheduled = false;
  #turnsLeft = 0;
  #closed = false;

  /**
   * `onTrouble` is called when writing fails, and with undefined when it works again. `mayGrow`: whether more writes
   * may come soon; a batch does not wait otherwise.
   */
  constructor(options: {
    database: Database;
    clock: Clock;
    onTrouble: (message: string | undefined) => void;
    mayGrow: () => boolean;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#onTrouble = options.onTrouble;
    this.#mayGrow = options.mayGrow;
  }

  write<Result>(work: () => Result): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#turnsLeft = patience;
      this.#schedule();
    });
  }

  /** Writes what waits, now. What cannot be written is given up: it never resolves. */
  close(): void {
    if (this.#waiting.length > 0) this.#flush();
    this.#closed = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    this.#wait();
  }

  #wait(): void {
    setImmediate(() => {
      this.#turnsLeft -= 1;
      if (this.#turnsLeft > 0 && this.#mayGrow()) {
        this.#wait();
        return;
      }
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0 || this.#closed) return;
    this.#waiting = [];
    let results: unknown[];
    try {
      results = this.#database.transaction(() => batch.map((write) => write.work())).immediate();
    } catch (error) {
      this.#fail(batch, error);
      return;
    }
    this.#onTrouble(undefined);
    for (const [index, write] of batch.entries()) write.resolve(results[index]);
  }

  #fail(batch: Write[], error: unknown): void {
    if (!isPassing(error)) {
      for (const write of batch) write.reject(error);
      return;
    }
    this.#waiting = [...batch, ...this.#waiting];
    this.#onTrouble(messageOf(error));
    this.#scheduled = true;
    void this.#clock.sleep(retryMs).then(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }
}

/** Whether the world may change so that the same write works: a full disk, a lock, a failing device. */
function isPassing(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/.test(systemCode(error) ?? '');
}
