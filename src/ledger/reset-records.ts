import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import type { PostingRecords } from './posting-records.ts';
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

/** The resets, and what each changes. */
export class ResetRecords {
  readonly #database: Database;
  readonly #postings: PostingRecords;
  readonly #snapshots: SnapshotRecords;
  readonly #questions: RowQuestions;
  readonly #windows: WindowRecords;
  readonly #changed;

  constructor(
    database: Database,
    parts: {
      postings: PostingRecords;
      snapshots: SnapshotRecords;
      questions: RowQuestions;
      windows: WindowRecords;
    },
  ) {
    this.#database = database;
    this.#postings = parts.postings;
    this.#snapshots = parts.snapshots;
    this.#questions = parts.questions;
    this.#windows = parts.windows;
    this.#changed = database
      .prepare(
        `SELECT movement_id FROM snapshot CROSS JOIN posting
         WHERE snapshot.id = :snapshotId AND posting.destination = 'hotwax'
           AND (movement_id > :upTo
             OR NOT (posting.state = 'absorbed' AND posting.recorded_at <= snapshot.taken_at) AND EXISTS (
               SELECT 1 FROM movement JOIN snapshot_row USING (product_code, store_id)
               WHERE movement.id = movement_id AND snapshot_id = :snapshotId AND level IS NOT NULL))`,
      )
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

  /**
   * Whatever is absorbed and recorded before the snapshot stays so: nothing is wanted of it, and nothing was told. The
   * rest is found by one pass over the postings, which costs less than to look for the movements of thousands of rows.
   */
  #deriveReset(snapshotId: number, upTo: number): void {
    const ids = this.#changed.all({ snapshotId, upTo }) as number[];
    for (const id of ids) this.#postings.derive(id);
  }
}
