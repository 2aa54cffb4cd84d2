import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import type { CallRecords } from './call-records.ts';
import { converge, type LineVersion, type RecordedLine } from './converge.ts';
import type { Destination } from './need.ts';
import type { PostingRecords } from './posting-records.ts';

/** One recorded change of a store's stock in Smaregi. Moments in epoch milliseconds. */
export interface Movement {
  id: number;
  source: string;
  /** Unique within its source, for ever. */
  key: string;
  destination: Destination;
  storeId: string;
  productCode: string;
  kind: string;
  quantity: number;
  occurredAt: number;
  recordedAt: number;
}

export type NewMovement = Omit<Movement, 'id'>;

/** The kind of a movement that has no posting: a change of stock in Smaregi that we caused ourselves. */
export const echoKind = 'echo';

interface LineRow {
  version_at: string;
  store_id: string;
  product_code: string;
  effect: number;
  movements: number;
}

/** The movements, and the memory of transaction lines that keeps each change from being recorded twice. */
export class MovementRecords {
  readonly #postings: PostingRecords;
  readonly #calls: CallRecords;
  readonly #clock: Pick<Clock, 'now'>;
  #beginsAt = Number.NEGATIVE_INFINITY;
  readonly #insert;
  readonly #has;
  readonly #line;
  readonly #lines;
  readonly #saveLine;
  readonly #noteReversal;
  readonly #forgetReversal;
  readonly #reversalOf;
  readonly #originalOf;
  readonly #cancelled;
  readonly #knows;

  constructor(database: Database, postings: PostingRecords, calls: CallRecords, clock: Pick<Clock, 'now'>) {
    this.#postings = postings;
    this.#calls = calls;
    this.#clock = clock;
    this.#insert = database.prepare(
      `INSERT INTO movement (source, key, destination, store_id, product_code, kind, quantity, occurred_at, recorded_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#has = database.prepare('SELECT 1 FROM movement WHERE source = ? AND key = ?');
    this.#line = database.prepare(
      `SELECT version_at, store_id, product_code, effect, movements FROM transaction_line
       WHERE source = ? AND transaction_id = ? AND line_id = ?`,
    );
    this.#lines = database.prepare(
      `SELECT line_id, version_at, store_id, product_code, effect, movements FROM transaction_line
       WHERE source = ? AND transaction_id = ?`,
    );
    this.#saveLine = database.prepare(
      `INSERT INTO transaction_line
         (source, transaction_id, line_id, version_at, store_id, product_code, effect, movements)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET version_at = excluded.version_at, store_id = excluded.store_id,
         product_code = excluded.product_code, effect = excluded.effect, movements = excluded.movements`,
    );
    this.#noteReversal = database.prepare(
      'INSERT OR IGNORE INTO reversal (source, transaction_id, original_id) VALUES (?, ?, ?)',
    );
    this.#forgetReversal = database.prepare('DELETE FROM reversal WHERE source = ? AND transaction_id = ?');
    this.#reversalOf = database
      .prepare('SELECT transaction_id FROM reversal WHERE source = ? AND original_id = ? LIMIT 1')
      .pluck();
    this.#originalOf = database
      .prepare('SELECT original_id FROM reversal WHERE source = ? AND transaction_id = ?')
      .pluck();
    this.#knows = database.prepare(
      `SELECT 1 WHERE EXISTS (
           SELECT 1 FROM transaction_line WHERE source = :source AND transaction_id BETWEEN :first AND :last)
         OR EXISTS (SELECT 1 FROM reversal WHERE source = :source AND original_id BETWEEN :first AND :last)`,
    );
    // '0' is the character after '/': every key of the transaction lies between.
    this.#cancelled = database.prepare(
      `SELECT 1 FROM movement WHERE source = ? AND key > ? || '/' AND key < ? || '0' AND kind = 'cancel' LIMIT 1`,
    );
  }

  /** Adds a movement and what it needs. The caller holds the transaction. Returns its id. */
  add(movement: NewMovement): number {
    const id = this.#insertRow(movement);
    this.#postings.open({ id, destination: movement.destination, recordedAt: movement.recordedAt });
    if (movement.recordedAt < this.#beginsAt) this.#takeAsTold(id, movement);
    return id;
  }

  /**
   * Runs `work`, within the caller's transaction: of the movements that it adds, the needs are worked out together, which
   * is half the time for thousands.
   */
  together(work: () => void): void {
    this.#postings.together(work);
  }

  /**
   * What Smaregi had recorded before `at` (epoch milliseconds) is no news: movements from before are recorded as told,
   * without traffic, so that only what happens later is.
   */
  beginAt(at: number): void {
    this.#beginsAt = at;
  }

  #takeAsTold(id: number, { destination, quantity }: NewMovement): void {
    if (this.#postings.needOf(id) !== 1) return;
    const call = { destination, movements: [{ id, multiplicity: 1 as const }], quantity, reason: 'before' };
    this.#calls.addSilent(call, this.#clock.now(), 'flagship', 'from before Smaregi was followed');
  }

  /** Adds a change that we caused ourselves, of which nobody is told. The caller holds the transaction. */
  addEcho(movement: Omit<NewMovement, 'kind'>): void {
    this.#insertRow({ ...movement, kind: echoKind });
  }

  /** Whether a movement with this key is recorded. */
  has(source: string, key: string): boolean {
    return this.#has.get(source, key) !== undefined;
  }

  #insertRow(movement: NewMovement): number {
    const { source, key, destination, storeId, productCode, kind, quantity } = movement;
    const { lastInsertRowid } = this.#insert.run(
      source,
      key,
      destination,
      storeId,
      productCode,
      kind,
      quantity,
      toIso(movement.occurredAt),
      toIso(movement.recordedAt),
    );
    return Number(lastInsertRowid);
  }

  /**
   * Takes in one version of a transaction line: adds the movements that it makes necessary, none when it
   * says nothing new. The caller holds the transaction. Returns how many were added.
   */
  takeIn(source: string, version: LineVersion): number {
    return this.takeInAfter(this.line(source, version.transactionId, version.lineId), source, version).added;
  }

  /**
   * As {@link takeIn}, for a caller who knows what {@link line} says, and whom to tell. Returns how many were added, and what is
   * recorded of the line now.
   */
  takeInAfter(
    recorded: RecordedLine | undefined,
    source: string,
    version: LineVersion,
    destination: Destination = 'hotwax',
  ): { added: number; line: RecordedLine } {
    const added = converge(recorded, version);
    const before = recorded?.movements ?? 0;
    let last = 0;
    for (const [index, movement] of added.entries()) {
      const key = lineKey(version.transactionId, version.lineId, before + index + 1);
      last = this.add({ ...movement, source, key, destination });
    }
    if (added.length > 0 && before + added.length > 1) this.#calls.netLineOf(last, this.#clock.now());
    if (recorded && version.versionAt < recorded.versionAt) return { added: 0, line: recorded };
    if (recorded && added.length === 0 && version.versionAt === recorded.versionAt) {
      return { added: 0, line: recorded };
    }
    const line: RecordedLine = {
      versionAt: version.versionAt,
      storeId: version.storeId,
      productCode: version.productCode,
      effect: version.steps.reduce((sum, step) => sum + step.quantity, 0),
      movements: before + added.length,
    };
    this.#saveLine.run(
      source,
      version.transactionId,
      version.lineId,
      toIso(line.versionAt),
      line.storeId,
      line.productCode,
      line.effect,
      line.movements,
    );
    return { added: added.length, line };
  }

  line(source: string, transactionId: string, lineId: string): RecordedLine | undefined {
    const row = this.#line.get(source, transactionId, lineId) as LineRow | undefined;
    return row && toLine(row);
  }

  /** All lines of a transaction that were taken in, by line id. */
  lines(source: string, transactionId: string): Map<string, RecordedLine> {
    const rows = this.#lines.all(source, transactionId) as (LineRow & { line_id: string })[];
    return new Map(rows.map((row) => [row.line_id, toLine(row)]));
  }

  /**
   * Whether anything is known of these transactions, or may be: of others whose ids lie between theirs as well. Ids
   * ascend, so that new sales are found to be new by one look instead of two for each.
   */
  knowsAmong(source: string, transactionIds: Iterable<string>): boolean {
    let [first, last]: (string | undefined)[] = [];
    for (const id of transactionIds) {
      if (first === undefined || id < first) first = id;
      if (last === undefined || id > last) last = id;
    }
    return first !== undefined && this.#knows.get({ source, first, last }) !== undefined;
  }

  /** Whether a cancellation of this transaction was taken in. */
  isCancelled(source: string, transactionId: string): boolean {
    return this.#cancelled.get(source, transactionId, transactionId) !== undefined;
  }

  /** Remembers that a record reverses an original. */
  noteReversal(source: string, transactionId: string, originalId: string): void {
    this.#noteReversal.run(source, transactionId, originalId);
  }

  /** A reversing record that was itself cancelled reverses nothing. */
  forgetReversal(source: string, transactionId: string): void {
    this.#forgetReversal.run(source, transactionId);
  }

  /** The record that reverses this original, if one is known. */
  reversalOf(source: string, originalId: string): string | undefined {
    return this.#reversalOf.get(source, originalId) as string | undefined;
  }

  /** The original that this record reverses, if it is known as a reversing one. */
  originalOf(source: string, transactionId: string): string | undefined {
    return this.#originalOf.get(source, transactionId) as string | undefined;
  }
}

/** The key of the n-th movement of a line; all of a line's keys start alike. */
export function lineKey(transactionId: string, lineId: string, number: number): string {
  return `${transactionId}/${lineId}/${number}`;
}

function toLine(row: LineRow): RecordedLine {
  return {
    versionAt: fromIso(row.version_at),
    storeId: row.store_id,
    productCode: row.product_code,
    effect: row.effect,
    movements: row.movements,
  };
}
