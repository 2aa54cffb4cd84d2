import type { Database } from '../platform/database.ts';
import { toIso } from '../platform/time-zone.ts';
import { isOpen } from './posting-indexes.ts';
import type { PostingRecords } from './posting-records.ts';
import type { Row } from './reset-facts.ts';

/** What the Reset CSV of a snapshot says of a row: the quantity that it sets, or null when it has no such row. */
export interface RowLevel extends Row {
  level: number | null;
}

/** Rows to be looked up in the Reset CSV of a snapshot. */
export interface Question {
  snapshotId: number;
  rows: readonly Row[];
}

/** What a reset's Reset CSV says of its rows in question; movements up to the id `upTo` were considered. */
export interface ResetAnswers {
  rows: readonly RowLevel[];
  upTo: number;
}

/** So many postings are looked at in one step; between two steps the event loop turns. */
const scanStep = 20_000;
/** So many postings that are held are asked about at a time. */
const heldAtOnce = 50_000;

/** Which rows must be looked up in which Reset CSV, and what was found. A Reset CSV is too large to be kept as rows. */
export class RowQuestions {
  readonly #database: Database;
  readonly #postings: PostingRecords;
  readonly #remember;
  readonly #held;
  readonly #inQuestion;
  readonly #allHeld;

  constructor(database: Database, postings: PostingRecords) {
    this.#database = database;
    this.#postings = postings;
    this.#remember = database.prepare(
      `INSERT OR IGNORE INTO snapshot_row (snapshot_id, store_id, product_code, level)
       VALUES (:snapshotId, :storeId, :productCode, :level)`,
    );
    this.#inQuestion = database.prepare(
      `SELECT DISTINCT movement.store_id AS storeId, product_code AS productCode
       FROM posting JOIN movement ON movement.id = movement_id
         JOIN snapshot_store ON snapshot_store.snapshot_id = :snapshotId
           AND snapshot_store.store_id = movement.store_id
       WHERE movement_id > :after AND movement_id <= :upTo AND posting.destination = 'hotwax'
         AND (state <> 'absorbed' OR posting.recorded_at > :takenAt)
         AND NOT EXISTS (SELECT 1 FROM snapshot_row WHERE ${sameRow(':snapshotId', 'movement')})`,
    );
    this.#held = database.prepare(heldSql);
    this.#allHeld = database.prepare(
      `SELECT movement_id AS id, store_id AS storeId, product_code AS productCode
       FROM posting JOIN movement ON movement.id = movement_id WHERE ${isOpen} AND state = 'held'`,
    );
  }

  /**
   * The rows whose postings a reset of this snapshot may change, and that nobody looked up yet: all but those of which
   * everything was recorded before the snapshot and is absorbed already.
   */
  async ofReset(snapshot: { id: number; takenAt: number }): Promise<Question & { upTo: number }> {
    const upTo = this.#database
      .prepare('SELECT coalesce(max(movement_id), 0) FROM posting')
      .pluck()
      .get() as number;
    const takenAt = toIso(snapshot.takenAt);
    const rows = new Map<string, Row>();
    for (let after = 0; after < upTo; after += scanStep) {
      const step = {
        snapshotId: snapshot.id,
        takenAt,
        after,
        upTo: Math.min(upTo, after + scanStep),
      };
      for (const row of this.#inQuestion.all(step) as Row[]) rows.set(rowKey(row), row);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { snapshotId: snapshot.id, rows: [...rows.values()], upTo };
  }

  /** What postings that are held wait for, of one snapshot that is not among `except`; undefined: nothing. */
  ofHeld(except: { has(snapshotId: number): boolean }): Question | undefined {
    const asked = this.#held.all() as (Row & { snapshotId: number })[];
    const snapshotId = asked.find((row) => !except.has(row.snapshotId))?.snapshotId;
    if (snapshotId === undefined) return undefined;
    const rows = asked
      .filter((row) => row.snapshotId === snapshotId)
      .map(({ storeId, productCode }) => ({ storeId, productCode }));
    return { snapshotId, rows };
  }

  /** Records what was found, and derives the postings that waited for it, in one transaction. */
  answer(snapshotId: number, rows: readonly RowLevel[]): void {
    const work = () => {
      this.remember(snapshotId, rows);
      const answered = new Set(rows.map(rowKey));
      for (const held of this.#allHeld.all() as (Row & { id: number })[]) {
        if (answered.has(rowKey(held))) this.#postings.derive(held.id);
      }
    };
    this.#database.transaction(work).immediate();
  }

  /** Records what was found. The caller holds the transaction and derives what follows from it. */
  remember(snapshotId: number, rows: readonly RowLevel[]): void {
    for (const { storeId, productCode, level } of rows) {
      this.#remember.run({ snapshotId, storeId, productCode, level });
    }
  }
}

export function rowKey({ storeId, productCode }: Row): string {
  return `${storeId}\t${productCode}`;
}

function sameRow(snapshotId: string, row: string): string {
  return `snapshot_row.snapshot_id = ${snapshotId} AND snapshot_row.store_id = ${row}.store_id
    AND snapshot_row.product_code = ${row}.product_code`;
}

/**
 * For each held posting the reset that is to be looked up next, the one last applied first (the first that has the row
 * ends the search), or the open window that holds it.
 */
const heldSql = `
  WITH held AS (
    SELECT store_id, product_code, need, movement.recorded_at,
      (SELECT min(sent_at) FROM call_movement JOIN call ON call.id = call_id
       WHERE call_movement.movement_id = movement.id) AS first_call_at
    FROM posting JOIN movement ON movement.id = movement_id
    WHERE ${isOpen} AND state = 'held' LIMIT ${heldAtOnce})
  SELECT DISTINCT store_id AS storeId, product_code AS productCode, coalesce(
    (SELECT reset.snapshot_id FROM reset JOIN snapshot_store
       ON snapshot_store.snapshot_id = reset.snapshot_id AND snapshot_store.store_id = held.store_id
     WHERE held.need IS NULL AND applied_at >= min(coalesce(first_call_at, '~'),
         coalesce((SELECT min(applied_at) FROM reset WHERE taken_at >= held.recorded_at), '~'))
       AND NOT EXISTS (SELECT 1 FROM snapshot_row WHERE ${sameRow('reset.snapshot_id', 'held')})
     ORDER BY applied_at DESC, taken_at DESC LIMIT 1),
    (SELECT reset_window.snapshot_id FROM reset_window JOIN snapshot_store
       ON snapshot_store.snapshot_id = reset_window.snapshot_id AND snapshot_store.store_id = held.store_id
     WHERE closed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM snapshot_row WHERE ${sameRow('reset_window.snapshot_id', 'held')}) LIMIT 1)
    ) AS snapshotId
  FROM held WHERE snapshotId IS NOT NULL`;
