import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import { isDue, isOpen } from './posting-indexes.ts';
import type { PostingRecords } from './posting-records.ts';

export interface OpenWindow {
  snapshotId: number;
  /** Epoch milliseconds. */
  openedAt: number;
}

/**
 * The windows in which resets happen. Opening and closing one changes the states of the postings that it holds or lets
 * go, in the same transaction.
 */
export class WindowRecords {
  readonly #database: Database;
  readonly #postings: PostingRecords;

  constructor(database: Database, postings: PostingRecords) {
    this.#database = database;
    this.#postings = postings;
  }

  /** Holds the rows of a snapshot from now on. Returns false when its window was open already. */
  open(snapshotId: number, at: number): boolean {
    return this.#inTransaction(() => {
      const { changes } = this.#database
        .prepare('INSERT OR IGNORE INTO reset_window (snapshot_id, opened_at) VALUES (?, ?)')
        .run(snapshotId, toIso(at));
      if (changes > 0) this.#deriveStores(snapshotId, isDue);
      return changes > 0;
    });
  }

  /** Lets the rows of a snapshot go. Returns false when its window was not open. */
  close(snapshotId: number, at: number, why: string): boolean {
    return this.#inTransaction(() => {
      const { changes } = this.#database
        .prepare('UPDATE reset_window SET closed_at = ?, why = ? WHERE snapshot_id = ? AND closed_at IS NULL')
        .run(toIso(at), why, snapshotId);
      if (changes > 0) this.#deriveStores(snapshotId, whereOpen('held'));
      return changes > 0;
    });
  }

  allOpen(): OpenWindow[] {
    const rows = this.#database
      .prepare('SELECT snapshot_id, opened_at FROM reset_window WHERE closed_at IS NULL ORDER BY id')
      .all() as { snapshot_id: number; opened_at: string }[];
    return rows.map((row) => ({ snapshotId: row.snapshot_id, openedAt: fromIso(row.opened_at) }));
  }

  openedAt(snapshotId: number): number | undefined {
    return this.allOpen().find((window) => window.snapshotId === snapshotId)?.openedAt;
  }

  /** Every window of a snapshot, in order. */
  of(snapshotId: number): { openedAt: number; closedAt: number | null; why: string | null }[] {
    const rows = this.#database
      .prepare('SELECT opened_at, closed_at, why FROM reset_window WHERE snapshot_id = ? ORDER BY id')
      .all(snapshotId) as { opened_at: string; closed_at: string | null; why: string | null }[];
    return rows.map(({ opened_at, closed_at, why }) => ({
      openedAt: fromIso(opened_at),
      closedAt: closed_at === null ? null : fromIso(closed_at),
      why,
    }));
  }

  /**
   * Whether a call about a store of this snapshot may still reach the OMS: one under way, or one sent after
   * `lateSince` (epoch milliseconds) that nobody knows the outcome of.
   */
  mayArrive(snapshotId: number, lateSince: number): boolean {
    if (this.#idsOfStores(snapshotId, whereOpen('sending')).length > 0) return true;
    const late = this.#database.prepare(
      `SELECT 1 FROM call JOIN call_movement ON call_id = call.id JOIN movement ON movement.id = movement_id
       WHERE outcome = 'unknown' AND sent_at > ? AND call.destination = 'hotwax'
         AND store_id IN (SELECT store_id FROM snapshot_store WHERE snapshot_id = ?) LIMIT 1`,
    );
    return late.get(toIso(lateSince), snapshotId) !== undefined;
  }

  #deriveStores(snapshotId: number, where: string): void {
    for (const id of this.#idsOfStores(snapshotId, where)) this.#postings.derive(id);
  }

  #idsOfStores(snapshotId: number, where: string): number[] {
    return this.#database
      .prepare(
        `SELECT movement_id FROM posting JOIN movement ON movement.id = movement_id
         WHERE ${where} AND posting.destination = 'hotwax'
           AND store_id IN (SELECT store_id FROM snapshot_store WHERE snapshot_id = ?)`,
      )
      .pluck()
      .all(snapshotId) as number[];
  }

  #inTransaction<Result>(work: () => Result): Result {
    return this.#database.inTransaction ? work() : this.#database.transaction(work).immediate();
  }
}

/** The longer list is that of the index, which SQLite uses only where it is repeated. */
function whereOpen(state: 'held' | 'sending'): string {
  return `${isOpen} AND state = '${state}'`;
}
