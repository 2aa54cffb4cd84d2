import type { LineVersion, RecordedLine } from '../ledger/converge.ts';
import type { MovementRecords } from '../ledger/movement-records.ts';
import { type ReversalLine, spreadReversal } from '../ledger/reversal.ts';
import type { TransactionLine } from '../smaregi/transaction-line.ts';
import { transactionSource as source } from './sales-source.ts';
import type { SalesTally } from './sales-tally.ts';

/** Reversals are rare; a file that is full of them is settled on the way, in bounded memory. */
const maxWaitingLines = 20_000;

/**
 * The reversing records of one file. A reversing record is the negation of what is recorded of its original, and stays
 * so when the original changes later; while the original is unknown, its own lines count. An original is reversed
 * by one record only, the first that is known.
 */
export class SalesReversals {
  readonly #movements: MovementRecords;
  readonly #tally: SalesTally;
  readonly #waiting = new Map<string, TransactionLine[]>();
  readonly #seen = new Set<string>();
  readonly #cancelled = new Map<string, TransactionLine>();
  /** Originals whose reversal is known, with the time of their newest change. */
  readonly #originals = new Map<string, number>();
  #waitingLines = 0;

  constructor(movements: MovementRecords, tally: SalesTally) {
    this.#movements = movements;
    this.#tally = tally;
  }

  add(line: TransactionLine): void {
    const lines = this.#waiting.get(line.transactionId) ?? [];
    lines.push(line);
    this.#waiting.set(line.transactionId, lines);
    this.#seen.add(line.transactionId);
    this.#waitingLines += 1;
  }

  /** A reversing record that is itself cancelled, in the newest version known of it, reverses nothing. */
  cancel(line: TransactionLine): void {
    this.#movements.forgetReversal(source, line.transactionId);
    this.#cancelled.set(line.transactionId, line);
    this.#seen.add(line.transactionId);
  }

  /** The file tells of an original whose reversal is known. */
  originalSeen(originalId: string, changedAt: number): void {
    this.#originals.set(originalId, Math.max(changedAt, this.#originals.get(originalId) ?? 0));
  }

  has(transactionId: string): boolean {
    return this.#seen.has(transactionId);
  }

  get isFull(): boolean {
    return this.#waitingLines >= maxWaitingLines;
  }

  /** One piece for each record that is to be brought in line with its original; run each before asking for the next. */
  *settle(): Generator<() => void> {
    for (const [reversalId, lines] of this.#waiting) yield () => this.#take(reversalId, lines);
    this.#waiting.clear();
    this.#waitingLines = 0;
    for (const line of this.#cancelled.values()) yield () => this.#undo(line);
    this.#cancelled.clear();
    for (const [originalId, at] of this.#originals) {
      const reversalId = this.#movements.reversalOf(source, originalId);
      if (reversalId !== undefined) yield () => this.#spread(reversalId, originalId, [], at);
    }
    this.#originals.clear();
  }

  #take(reversalId: string, lines: TransactionLine[]): void {
    const recorded = this.#movements.lines(source, reversalId);
    // Versions are of the whole record: a line that a newer one no longer has does not come back with an older one.
    const newest = Math.max(...[...recorded.values()].map((line) => line.versionAt));
    const fresh = lines.filter((line) => {
      const known = line.hasUpdateTime ? newest : (recorded.get(line.lineId)?.versionAt ?? line.versionAt);
      return known <= line.versionAt;
    });
    const [first] = fresh;
    if (!first) return;
    const originalId = first.reverses;
    const other = originalId === '' ? undefined : this.#movements.reversalOf(source, originalId);
    if (other !== undefined && other !== reversalId) {
      for (const line of fresh) {
        this.#record(recorded, { ...line, steps: [] });
        this.#tally.countLeftOut('already-reversed');
      }
      return;
    }
    if (originalId !== '') this.#movements.noteReversal(source, reversalId, originalId);
    const isKnown = originalId !== '' && this.#movements.lines(source, originalId).size > 0;
    if (isKnown) this.#spread(reversalId, originalId, fresh, this.#originals.get(originalId) ?? 0);
    else for (const line of fresh) this.#record(recorded, line);
  }

  /** Makes a record the negation of its original. `changedAt`: when the original became another, if it did. */
  #spread(reversalId: string, originalId: string, fresh: TransactionLine[], changedAt: number): void {
    const recorded = this.#movements.lines(source, reversalId);
    const original = this.#movements.lines(source, originalId);
    if (original.size === 0) return;
    const incoming = new Map(fresh.map((line) => [line.lineId, line]));
    const [any] = fresh;
    const versionAt = any?.versionAt ?? Math.max(...[...recorded.values()].map((line) => line.versionAt));
    for (const line of spreadReversal(original.values(), recorded, fresh)) {
      const own = incoming.get(line.lineId);
      const isNew = !recorded.has(line.lineId);
      const step = any?.steps[0];
      const at = isNew && step ? step : { occurredAt: changedAt, recordedAt: changedAt };
      this.#record(recorded, {
        ...asVersion(reversalId, line, at),
        versionAt: own?.versionAt ?? recorded.get(line.lineId)?.versionAt ?? versionAt,
        change: { kind: 'reversal', at: Math.max(changedAt, own?.change.at ?? 0) },
      });
    }
  }

  /** What a cancelled record stood for beyond its own lines goes as well. */
  #undo({ transactionId, versionAt, change }: TransactionLine): void {
    const recorded = this.#movements.lines(source, transactionId);
    for (const [lineId, line] of recorded) {
      if (line.effect === 0 || line.versionAt > versionAt) continue;
      const { storeId, productCode } = line;
      this.#record(recorded, { transactionId, lineId, storeId, productCode, versionAt, change, steps: [] });
    }
  }

  #record(recorded: ReadonlyMap<string, RecordedLine>, version: LineVersion): void {
    const { added } = this.#movements.takeInAfter(recorded.get(version.lineId), source, version);
    this.#tally.countMovements(added);
  }
}

function asVersion(
  transactionId: string,
  { lineId, storeId, productCode, effect }: ReversalLine,
  at: { occurredAt: number; recordedAt: number },
): Pick<LineVersion, 'transactionId' | 'lineId' | 'storeId' | 'productCode' | 'steps'> {
  const { occurredAt, recordedAt } = at;
  const steps = effect === 0 ? [] : [{ kind: 'reversal', quantity: effect, occurredAt, recordedAt }];
  return { transactionId, lineId, storeId, productCode, steps };
}
