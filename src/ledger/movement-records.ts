import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import { converge, type LineMovement, type LineVersion, type RecordedLine } from './converge.ts';
import type { PostingRecords } from './posting-records.ts';

export type Destination = 'hotwax' | 'smaregi';

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

interface LineRow {
  version_at: string;
  store_id: string;
  product_code: string;
  effect: number;
  movements: number;
}

/** The movements, and the memory of transaction lines that keeps each change from being recorded twice. */
export class MovementRecords {
  readonly #database: Database;
  readonly #postings: PostingRecords;
  readonly #insert;
  readonly #line;
  readonly #saveLine;

  constructor(database: Database, postings: PostingRecords) {
    this.#database = database;
    this.#postings = postings;
    this.#insert = database.prepare(
      `INSERT INTO movement (source, key, destination, store_id, product_code, kind, quantity, occurred_at, recorded_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#line = database.prepare(
      `SELECT version_at, store_id, product_code, effect, movements FROM transaction_line
       WHERE source = ? AND transaction_id = ? AND line_id = ?`,
    );
    this.#saveLine = database.prepare(
      `INSERT INTO transaction_line
         (source, transaction_id, line_id, version_at, store_id, product_code, effect, movements)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET version_at = excluded.version_at, store_id = excluded.store_id,
         product_code = excluded.product_code, effect = excluded.effect, movements = excluded.movements`,
    );
  }

  /** Adds a movement and what it needs. The caller holds the transaction. Returns its id. */
  add(movement: NewMovement): number {
    const { source, key, destination, storeId, productCode, kind, quantity } = movement;
    const id = Number(
      this.#insert.run(
        source,
        key,
        destination,
        storeId,
        productCode,
        kind,
        quantity,
        toIso(movement.occurredAt),
        toIso(movement.recordedAt),
      ).lastInsertRowid,
    );
    this.#postings.open(id, movement);
    return id;
  }

  /**
   * Takes in one version of a transaction line for the OMS: adds the movements that it makes necessary, none when it
   * says nothing new. The caller holds the transaction. Returns how many were added.
   */
  takeIn(source: string, version: LineVersion): number {
    const recorded = this.line(source, version.transactionId, version.lineId);
    const added = converge(recorded, version);
    for (const [index, movement] of added.entries()) {
      const number = (recorded?.movements ?? 0) + index + 1;
      this.add(toNew(source, lineKey(version.transactionId, version.lineId, number), movement));
    }
    if (recorded && version.versionAt < recorded.versionAt) return 0;
    if (recorded && added.length === 0 && version.versionAt === recorded.versionAt) return 0;
    this.#saveLine.run(
      source,
      version.transactionId,
      version.lineId,
      toIso(version.versionAt),
      version.storeId,
      version.productCode,
      version.steps.reduce((sum, step) => sum + step.quantity, 0),
      (recorded?.movements ?? 0) + added.length,
    );
    return added.length;
  }

  line(source: string, transactionId: string, lineId: string): RecordedLine | undefined {
    const row = this.#line.get(source, transactionId, lineId) as LineRow | undefined;
    return row && toLine(row);
  }

  /** All lines of a transaction that were taken in, by line id. */
  lines(source: string, transactionId: string): Map<string, RecordedLine> {
    const rows = this.#database
      .prepare(
        `SELECT line_id, version_at, store_id, product_code, effect, movements FROM transaction_line
         WHERE source = ? AND transaction_id = ?`,
      )
      .all(source, transactionId) as (LineRow & { line_id: string })[];
    return new Map(rows.map((row) => [row.line_id, toLine(row)]));
  }

  /** Remembers that a record reverses an original. */
  noteReversal(source: string, transactionId: string, originalId: string): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO reversal (source, transaction_id, original_id) VALUES (?, ?, ?)')
      .run(source, transactionId, originalId);
  }

  isReversed(source: string, originalId: string): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM reversal WHERE source = ? AND original_id = ?')
        .get(source, originalId) !== undefined
    );
  }
}

/** The key of the n-th movement of a line; all of a line's keys start alike. */
export function lineKey(transactionId: string, lineId: string, number: number): string {
  return `${transactionId}/${lineId}/${number}`;
}

function toNew(source: string, key: string, movement: LineMovement): NewMovement {
  return { ...movement, source, key, destination: 'hotwax' };
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
