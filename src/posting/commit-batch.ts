import type { BackgroundFlush } from '../platform/background-flush.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { messageOf, systemCode } from '../platform/problem.ts';

/**
 * A batch waits so many turns of the event loop, since the last write came, for more that may come: each that joins
 * saves work. A turn without any is two microseconds; a commit and its flush take 300 at least.
 */
const patience = 100;
/** More pays where the loop waited for a slow disk: so many turns, a sixth of it, for each millisecond of the last flush. */
const patiencePerMs = 80;
/** What a flush takes now and then on a busy disk says nothing about the next. */
const maxFlushMs = 20;

/** How long a write that failed for want of disk or luck waits before it is tried again. */
const retryMs = 1_000;

interface Write<Item, Value> {
  item: Item;
  resolve: (value: Value) => void;
  reject: (error: unknown) => void;
}

type Result<Value> = { value: Value } | { error: unknown };

/**
 * Commits writes in batches: everything that is asked for within a few turns of the event loop is one transaction,
 * and so one flush of the disk. A write resolves when it is durable.
 *
 * When the ledger cannot be written (a full disk, say) all writes wait, in order, and are tried again until they
 * succeed: the line stops, nothing is sent that is not recorded, and what is known is not forgotten.
 */
export class CommitBatch<Item, Value> {
  readonly #write;
  readonly #atOnce;
  readonly #nested;
  readonly #clock: Clock;
  readonly #onTrouble: (message: string | undefined) => void;
  readonly #mayGrow: () => boolean;
  readonly #enough: () => number;
  readonly #background: BackgroundFlush | null;
  #waiting: Write<Item, Value>[] = [];
  #turn: NodeJS.Immediate | undefined;
  /** Until a write that failed is tried again. */
  #resting = false;
  #turnsLeft = 0;
  #flushMs = 0;
  #flushing = false;
  #closed = false;

  /**
   * `write` writes items together, within a transaction, and returns what came of each. `onTrouble` is called when
   * writing fails, and with undefined when it works again. `mayGrow`: whether more writes may come soon; a batch does
   * not wait otherwise, nor when it is `enough` items long. `background`: what flushes beside the event loop; without
   * it the loop waits.
   */
  constructor(options: {
    database: Database;
    write: (items: readonly Item[]) => readonly Value[];
    clock: Clock;
    onTrouble: (message: string | undefined) => void;
    mayGrow: () => boolean;
    enough: () => number;
    background?: BackgroundFlush | undefined;
  }) {
    const { database } = options;
    this.#write = options.write;
    this.#atOnce = database.transaction((attempt: () => Result<Value>[]) => attempt()).immediate;
    this.#nested = database.transaction((item: Item) => options.write([item]));
    this.#clock = options.clock;
    this.#onTrouble = options.onTrouble;
    this.#mayGrow = options.mayGrow;
    this.#enough = options.enough;
    this.#background = options.background ?? null;
  }

  write(item: Item): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#turnsLeft = patience + Math.min(this.#flushMs, maxFlushMs) * patiencePerMs;
      this.#schedule();
    });
  }

  /** Writes what waits, now. What cannot be written is given up: it never resolves. */
  close(): void {
    this.#commitWaiting(null);
    this.#closed = true;
  }

  /** Looks at the end of this turn of the loop, after all that was to be done in it before, whether to commit. */
  #schedule(): void {
    if (this.#resting || this.#flushing || this.#closed) return;
    clearImmediate(this.#turn);
    this.#turn = setImmediate(() => {
      this.#turnsLeft -= 1;
      if (this.#turnsLeft > 0 && this.#waiting.length < this.#enough() && this.#mayGrow()) this.#schedule();
      else this.#commitWaiting();
    });
  }

  #commitWaiting(background: BackgroundFlush | null = this.#background): void {
    const batch = this.#waiting;
    if (batch.length === 0 || this.#closed) return;
    this.#waiting = [];
    const startedAt = this.#clock.now();
    let results: Result<Value>[];
    try {
      results = background ? background.unflushed(() => this.#commit(batch)) : this.#commit(batch);
    } catch (error) {
      this.#onTrouble(messageOf(error));
      this.#waiting = [...batch, ...this.#waiting];
      this.#resting = true;
      void this.#clock.sleep(retryMs).then(() => {
        this.#resting = false;
        this.#commitWaiting();
      });
      return;
    }
    const settle = () => {
      this.#onTrouble(undefined);
      for (const [index, write] of batch.entries()) settleOne(write, results[index]);
    };
    if (background) {
      void this.#flush(background, settle);
    } else {
      this.#flushMs = this.#clock.now() - startedAt;
      settle();
    }
  }

  /** Flushes what is committed, again and again until that works; what comes meanwhile waits for its turn. */
  async #flush(background: BackgroundFlush, settle: () => void): Promise<void> {
    this.#flushing = true;
    for (;;) {
      try {
        await background.flush();
        break;
      } catch (error) {
        if (this.#closed) return;
        this.#onTrouble(messageOf(error));
        await this.#clock.sleep(retryMs);
      }
    }
    this.#flushing = false;
    settle();
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** One transaction. @throws what may pass, with nothing written */
  #commit(batch: readonly Write<Item, Value>[]): Result<Value>[] {
    try {
      const items = batch.map(({ item }) => item);
      return this.#atOnce(() => this.#write(items).map((value) => ({ value })));
    } catch (error) {
      if (isPassing(error)) throw error;
    }
    // One is at fault and fails alone: what is known of the others must not be lost with it.
    return this.#atOnce(() => batch.map(({ item }) => this.#attempt(item)));
  }

  #attempt(item: Item): Result<Value> {
    try {
      const [value] = this.#nested(item);
      return { value: value as Value };
    } catch (error) {
      if (isPassing(error)) throw error;
      return { error };
    }
  }
}

function settleOne<Item, Value>(
  { resolve, reject }: Write<Item, Value>,
  result: Result<Value> | undefined,
): void {
  if (result === undefined) reject(new Error('nothing came of a write'));
  else if ('error' in result) reject(result.error);
  else resolve(result.value);
}

/** Whether the world may change so that the same write works: a full disk, a lock, a failing device. */
function isPassing(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|NOMEM)/.test(systemCode(error) ?? '');
}
