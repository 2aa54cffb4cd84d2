import type { LineVersion, RecordedLine } from '../ledger/converge.ts';
import type { MovementRecords } from '../ledger/movement-records.ts';
import type { TransactionLine } from '../smaregi/transaction-line.ts';
import { SalesReversals } from './sales-reversals.ts';
import { transactionSource } from './sales-source.ts';
import type { SalesTally } from './sales-tally.ts';

/** Rows of one transaction that follow each other, and what the ledger knew of it before them. */
interface Run {
  transactionId: string;
  versionAt: number;
  known: Map<string, RecordedLine>;
  oldest: number;
  newest: number;
  isReversed: boolean;
  /** Smaregi cannot undo a cancellation: what says otherwise is older, or comes from where it cannot be seen. */
  isCancelled: boolean;
}

/**
 * Takes the lines of one file into the ledger. What depends on a whole transaction (lines that a newer version no
 * longer has, reversals) is decided at the end of the file, because its rows may be scattered. All of it is asked of
 * the ledger anew each time, so that a file read again from the start adds nothing twice. The caller holds the
 * SQLite transactions, and keeps the rows of a run within one.
 */
export class SalesIngest {
  readonly #movements: MovementRecords;
  readonly #tally: SalesTally;
  readonly #reversals: SalesReversals;
  #run: Run | undefined;
  /** Transactions to come, within {@link takeAll}, of which the ledger knows nothing. */
  #unheardOf: Set<string> | undefined;
  /** Transactions known in an older version, with the time of the one in this file. */
  readonly #renewed = new Map<string, number>();
  /** Transactions of which this file does not tell all. */
  readonly #incomplete = new Set<string>();
  #anyIncomplete: boolean;

  /** `isPart`: the file holds single rows (corrections), so that what it lacks says nothing. */
  constructor(movements: MovementRecords, tally: SalesTally, isPart: boolean) {
    this.#movements = movements;
    this.#tally = tally;
    this.#reversals = new SalesReversals(movements, tally);
    this.#anyIncomplete = isPart;
  }

  /** A row was rejected: nobody can say whether its line is missing. */
  gap(where: { transactionId: string } | 'anywhere'): void {
    if (where === 'anywhere') this.#anyIncomplete = true;
    else this.#incomplete.add(where.transactionId);
  }

  /** Takes the next lines of the file, within one SQLite transaction. */
  takeAll(lines: readonly TransactionLine[]): void {
    const ids = new Set(lines.map(({ transactionId }) => transactionId));
    this.#unheardOf = this.#movements.knowsAmong(transactionSource, ids) ? undefined : ids;
    for (const line of lines) this.take(line);
    this.#unheardOf = undefined;
  }

  take(line: TransactionLine): void {
    const run = this.#runOf(line);
    if (run.isCancelled && line.effect.is !== 'none' && line.change.kind !== 'cancel') {
      this.#tally.countLeftOut('older-version');
      return;
    }
    if (run.versionAt !== line.versionAt) this.#incomplete.add(line.transactionId);
    if (line.effect.is === 'reversal') {
      this.#reversals.add(line);
      return;
    }
    const recorded = run.known.get(line.lineId);
    if (!recorded && line.hasUpdateTime && run.newest > line.versionAt) {
      this.#tally.countLeftOut('older-version');
      return;
    }
    const isRenewed = line.hasUpdateTime && run.oldest < line.versionAt;
    if (isRenewed) this.#renewed.set(line.transactionId, line.versionAt);
    const isOlder = recorded !== undefined && recorded.versionAt > line.versionAt;
    const version = isRenewed && !recorded ? addedLater(line) : line;
    const { added, line: now } = this.#movements.takeInAfter(recorded, transactionSource, version);
    run.known.set(line.lineId, now);
    this.#tally.countMovements(added);
    if (line.effect.is === 'none' && line.effect.reason === 'cancelled-reversal' && !isOlder) {
      this.#reversals.cancel(line);
    }
  }

  /** Whether so many reversals wait that they should be settled before the end of the file. */
  get isFull(): boolean {
    return this.#reversals.isFull;
  }

  /** What is left to do for the file so far, in small pieces, each for one SQLite transaction. */
  *settle(isEnd: boolean): Generator<() => void> {
    if (isEnd && !this.#anyIncomplete) yield* this.#removals();
    yield* this.#reversals.settle();
  }

  #runOf(line: TransactionLine): Run {
    const { transactionId } = line;
    const run = this.#run?.transactionId === transactionId ? this.#run : this.#begin(line);
    if (run.isReversed) this.#reversals.originalSeen(transactionId, line.change.at);
    return run;
  }

  #begin({ transactionId, versionAt }: TransactionLine): Run {
    const isUnheardOf = this.#unheardOf?.delete(transactionId) ?? false;
    this.#run = isUnheardOf ? newRun(transactionId, versionAt) : this.#knownRun(transactionId, versionAt);
    return this.#run;
  }

  #knownRun(transactionId: string, versionAt: number): Run {
    const known = this.#movements.lines(transactionSource, transactionId);
    let oldest = Number.POSITIVE_INFINITY;
    let newest = Number.NEGATIVE_INFINITY;
    for (const recorded of known.values()) {
      oldest = Math.min(oldest, recorded.versionAt);
      newest = Math.max(newest, recorded.versionAt);
    }
    const isReversed = this.#movements.reversalOf(transactionSource, transactionId) !== undefined;
    const isCancelled =
      known.size > 0 &&
      [...known.values()].every(({ effect }) => effect === 0) &&
      this.#movements.isCancelled(transactionSource, transactionId);
    return { transactionId, versionAt, known, oldest, newest, isReversed, isCancelled };
  }

  /** A line that a newer version of its transaction no longer has stands for nothing. */
  *#removals(): Generator<() => void> {
    for (const [transactionId, versionAt] of this.#renewed) {
      if (this.#incomplete.has(transactionId) || this.#reversals.has(transactionId)) continue;
      yield () => {
        for (const [lineId, recorded] of this.#movements.lines(transactionSource, transactionId)) {
          if (recorded.versionAt >= versionAt) continue;
          const { storeId, productCode } = recorded;
          const removed = { transactionId, lineId, storeId, productCode, versionAt, steps: [] };
          const change = { kind: 'edit', at: versionAt };
          const { added } = this.#movements.takeInAfter(recorded, transactionSource, { ...removed, change });
          this.#tally.countMovements(added);
        }
      };
    }
  }
}

/** The rows of a transaction of which the ledger knows nothing. */
function newRun(transactionId: string, versionAt: number): Run {
  return {
    transactionId,
    versionAt,
    known: new Map(),
    oldest: Number.POSITIVE_INFINITY,
    newest: Number.NEGATIVE_INFINITY,
    isReversed: false,
    isCancelled: false,
  };
}

/** A line that an edit added came into being with the edit, not with the sale; cancelled since, it never counted. */
function addedLater(line: TransactionLine): LineVersion {
  const { kind, at } = line.change;
  if (kind === 'cancel') return { ...line, steps: [] };
  return {
    ...line,
    steps: line.steps.map(({ quantity }) => ({ kind, quantity, occurredAt: at, recordedAt: at })),
  };
}
