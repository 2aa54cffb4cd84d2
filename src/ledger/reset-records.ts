import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import { inAnyPart } from './movement-index.ts';
import type { PostingRecords } from './posting-records.ts';
import type { Row } from './reset-facts.ts';
import type { ResetAnswers, RowQuestions } from './row-questions.ts';
import type { SnapshotRecords } from './snapshot-records.ts';
import type { WindowRecords } from './window-records.ts';

/** A reset that has become known. Moments in epoch milliseconds. */
export interface KnownReset {
  snapshotId: number;
  /** When the OMS applied it, or any moment that lies on the same side of every call. */
  appliedAt: number;
  at: number;
  who: string;
  reason: string;
}

/** From so many rows on, one pass over all postings takes less than to look for the movements of each row. */
const usualManyRows = 20_000;

/** The resets, and what each changes. */
export class ResetRecords {
  readonly #database: Database;
  readonly #postings: PostingRecords;
  readonly #snapshots: SnapshotRecords;
  readonly #questions: RowQuestions;
  readonly #windows: WindowRecords;
  readonly #manyRows: number;
  readonly #rows;
  readonly #ofRow;
  readonly #ofRows;
  readonly #after;

  constructor(
    database: Database,
    parts: {
      postings: PostingRecords;
      snapshots: SnapshotRecords;
      questions: RowQuestions;
      windows: WindowRecords;
    },
    manyRows = usualManyRows,
  ) {
    this.#manyRows = manyRows;
    this.#database = database;
    this.#postings = parts.postings;
    this.#snapshots = parts.snapshots;
    this.#questions = parts.questions;
    this.#windows = parts.windows;
    this.#rows = database.prepare(
      `SELECT store_id AS storeId, product_code AS productCode, taken_at AS takenAt
       FROM snapshot_row JOIN snapshot ON snapshot.id = snapshot_id WHERE snapshot_id = ? AND level IS NOT NULL`,
    );
    // A row at a time: joined with all rows, SQLite does not look into the parts of the index.
    this.#ofRow = database
      .prepare(
        `SELECT movement.id FROM movement JOIN posting ON movement_id = movement.id
         WHERE ${inAnyPart} AND product_code = :productCode AND store_id = :storeId
           AND posting.destination = 'hotwax' AND NOT (state = 'absorbed' AND movement.recorded_at <= :takenAt)`,
      )
      .pluck();
    this.#ofRows = database
      .prepare(
        `SELECT movement_id FROM snapshot CROSS JOIN posting
         WHERE snapshot.id = ? AND posting.destination = 'hotwax'
           AND NOT (posting.state = 'absorbed' AND posting.recorded_at <= snapshot.taken_at) AND EXISTS (
             SELECT 1 FROM movement JOIN snapshot_row USING (product_code, store_id)
             WHERE movement.id = movement_id AND snapshot_id = snapshot.id AND level IS NOT NULL)`,
      )
      .pluck();
    this.#after = database
      .prepare(`SELECT movement_id FROM posting WHERE movement_id > ? AND destination = 'hotwax'`)
      .pluck();
  }

  /**
   * Makes a reset known, in one transaction: the fact, what its Reset CSV says of the rows in question, the end of its
   * window, the snapshot's state and every posting that it changes. A crash leaves none or all of it. A posting that
   * came into question after the look at the file is held until the file is looked at again.
   *
   * @throws Problem `snapshot-state` when this snapshot cannot have been applied
   */
  learn(reset: KnownReset, found: ResetAnswers): void {
    const { snapshotId, appliedAt, at, who, reason } = reset;
    const work = () => {
      this.#snapshots.change(snapshotId, 'applied', { at, who, reason, appliedAt });
      this.#database
        .prepare(
          `INSERT INTO reset (snapshot_id, taken_at, applied_at, known_at, who, reason)
           SELECT id, taken_at, ?, ?, ?, ? FROM snapshot WHERE id = ?`,
        )
        .run(toIso(appliedAt), toIso(at), who, reason, snapshotId);
      this.#questions.remember(snapshotId, found.rows);
      this.#windows.close(snapshotId, at, 'applied');
      this.#deriveReset(snapshotId, found.upTo);
    };
    this.#database.transaction(work).immediate();
  }

  /** Every known reset, the one last applied first. */
  list(): { snapshotId: number; takenAt: number; appliedAt: number }[] {
    const rows = this.#database
      .prepare(
        'SELECT snapshot_id, taken_at, applied_at FROM reset ORDER BY applied_at DESC, taken_at DESC, id DESC',
      )
      .all() as { snapshot_id: number; taken_at: string; applied_at: string }[];
    return rows.map((row) => ({
      snapshotId: row.snapshot_id,
      takenAt: fromIso(row.taken_at),
      appliedAt: fromIso(row.applied_at),
    }));
  }

  /** Whatever is absorbed and recorded before the snapshot stays so: nothing is wanted of it, and nothing was told. */
  #deriveReset(snapshotId: number, upTo: number): void {
    const rows = this.#rows.all(snapshotId) as (Row & { takenAt: string })[];
    const ids = new Set(
      rows.length < this.#manyRows
        ? rows.flatMap((row) => this.#ofRow.all({ ...row }) as number[])
        : (this.#ofRows.all(snapshotId) as number[]),
    );
    for (const id of this.#after.all(upTo) as number[]) ids.add(id);
    for (const id of ids) this.#postings.derive(id);
  }
}
