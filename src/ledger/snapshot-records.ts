import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import type { SnapshotState } from './snapshot-state.ts';
import { checkChange } from './snapshot-state.ts';

/** One Smaregi inventory file and the Reset CSV made from it. Moments are in epoch milliseconds. */
export interface Snapshot {
  id: number;
  /** Name of the inventory file as dropped. */
  file: string;
  sha256: string;
  takenAt: number;
  /** Made from corrected rows: it completes an earlier snapshot instead of replacing it. */
  correction: boolean;
  resetName: string;
  resetBytes: number;
  resetSha256: string;
  rows: number;
  written: number;
  rejected: number;
  stores: StoreCount[];
  state: SnapshotState;
  /** Why it is held, or why a person released or discarded it. */
  reason: string | null;
  /** Committed before the remote rename: from then on the OMS may have the file. */
  uploadedAt: number | null;
  /** Where it was uploaded to; another place in the configuration since then is another delivery. */
  uploadedTo: string | null;
  deliveredAt: number | null;
  /** When it was seen to have left the OMS's incoming folder. */
  pickedUpAt: number | null;
  appliedAt: number | null;
  /** Failed tries to deliver it since it became ready. */
  attempts: number;
  problem: { code: string; message: string; at: number } | null;
}

export interface StoreCount {
  storeId: string;
  /** Rows written for the store. */
  rows: number;
  /** Sum of its positive quantities. */
  units: number;
}

export interface SnapshotEvent {
  at: number;
  state: SnapshotState;
  who: string;
  reason: string | null;
}

export type NewSnapshot = Pick<
  Snapshot,
  | 'takenAt'
  | 'correction'
  | 'resetName'
  | 'resetBytes'
  | 'resetSha256'
  | 'rows'
  | 'written'
  | 'rejected'
  | 'stores'
  | 'state'
  | 'reason'
> & { fileId: number };

interface Row {
  id: number;
  file: string;
  sha256: string;
  taken_at: string;
  correction: number;
  reset_name: string;
  reset_bytes: number;
  reset_sha256: string;
  row_count: number;
  written: number;
  rejected: number;
  state: SnapshotState;
  reason: string | null;
  uploaded_at: string | null;
  uploaded_to: string | null;
  delivered_at: string | null;
  picked_up_at: string | null;
  applied_at: string | null;
  attempts: number;
  problem_code: string | null;
  problem_message: string | null;
  problem_at: string | null;
}

const select = `SELECT snapshot.id, file.name AS file, file.sha256, taken_at, correction, reset_name, reset_bytes,
    reset_sha256, row_count, written, rejected, state, snapshot.reason, uploaded_at, uploaded_to, delivered_at,
    picked_up_at, applied_at, attempts, problem_code, problem_message, problem_at
  FROM snapshot JOIN file ON file.id = snapshot.file_id`;

/** The snapshots and their history. Every change of state goes through {@link change}. */
export class SnapshotRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(snapshot: NewSnapshot, at: number, who: string): number {
    const { stores, ...row } = snapshot;
    const id = Number(
      this.#database
        .prepare(
          `INSERT INTO snapshot (file_id, taken_at, correction, reset_name, reset_bytes, reset_sha256, row_count,
             written, rejected, state, reason)
           VALUES (:fileId, :takenAt, :correction, :resetName, :resetBytes, :resetSha256, :rows,
             :written, :rejected, :state, :reason)`,
        )
        .run({ ...row, takenAt: toIso(row.takenAt), correction: row.correction ? 1 : 0 }).lastInsertRowid,
    );
    const count = this.#database.prepare(
      'INSERT INTO snapshot_store (snapshot_id, store_id, row_count, units) VALUES (?, ?, ?, ?)',
    );
    for (const { storeId, rows, units } of stores) count.run(id, storeId, rows, units);
    this.#remember(id, snapshot.state, at, who, snapshot.reason);
    return id;
  }

  /**
   * Changes a snapshot's state, with who did it and why, in one transaction.
   *
   * @throws Problem `snapshot-state` when its present state does not allow it
   */
  change(
    id: number,
    to: SnapshotState,
    by: { at: number; who: string; reason?: string | undefined; deliveredAt?: number; appliedAt?: number },
  ): void {
    const apply = this.#database.transaction(() => {
      const snapshot = this.get(id);
      checkChange(id, snapshot?.state, to);
      this.#database
        .prepare('UPDATE snapshot SET state = ?, reason = coalesce(?, reason) WHERE id = ?')
        .run(to, by.reason ?? null, id);
      if (to === 'delivered') {
        this.#database
          .prepare(
            'UPDATE snapshot SET delivered_at = ?, problem_code = NULL, problem_message = NULL, problem_at = NULL WHERE id = ?',
          )
          .run(toIso(by.deliveredAt ?? by.at), id);
      }
      if (by.appliedAt !== undefined) {
        this.#database
          .prepare('UPDATE snapshot SET applied_at = ? WHERE id = ?')
          .run(toIso(by.appliedAt), id);
      }
      this.#remember(id, to, by.at, by.who, by.reason ?? null);
    });
    apply.immediate();
  }

  /** Remembers when the file was first seen to have left the OMS's incoming folder. */
  markPickedUp(id: number, at: number): void {
    this.#database
      .prepare('UPDATE snapshot SET picked_up_at = ? WHERE id = ? AND picked_up_at IS NULL')
      .run(toIso(at), id);
  }

  markUploaded(id: number, at: number, address: string): void {
    this.#database
      .prepare('UPDATE snapshot SET uploaded_at = ?, uploaded_to = ? WHERE id = ?')
      .run(toIso(at), address, id);
  }

  /** Remembers why a try to deliver failed, for the status page and the command line. */
  noteProblem(id: number, problem: { code: string; message: string }, at: number): void {
    this.#database
      .prepare(
        `UPDATE snapshot SET attempts = attempts + 1, problem_code = ?, problem_message = ?, problem_at = ?
         WHERE id = ?`,
      )
      .run(problem.code, problem.message, toIso(at), id);
  }

  get(id: number): Snapshot | undefined {
    const row = this.#database.prepare(`${select} WHERE snapshot.id = ?`).get(id) as Row | undefined;
    return row && this.#toSnapshot(row);
  }

  /** Snapshots in the order of their taking, newest first. */
  list(limit = 100): Snapshot[] {
    return this.#many(`${select} ORDER BY taken_at DESC, snapshot.id DESC LIMIT ?`, limit);
  }

  inState(...states: SnapshotState[]): Snapshot[] {
    const marks = states.map(() => '?').join(', ');
    return this.#many(`${select} WHERE state IN (${marks}) ORDER BY taken_at, snapshot.id`, ...states);
  }

  /** The snapshot that was delivered last. */
  lastDelivered(): Snapshot | undefined {
    return this.#many(`${select} WHERE delivered_at IS NOT NULL ORDER BY delivered_at DESC LIMIT 1`)[0];
  }

  resetNameTaken(name: string): boolean {
    return this.#database.prepare('SELECT 1 FROM snapshot WHERE reset_name = ?').get(name) !== undefined;
  }

  byResetName(name: string): Snapshot | undefined {
    return this.#many(`${select} WHERE reset_name = ?`, name)[0];
  }

  history(id: number): SnapshotEvent[] {
    const rows = this.#database
      .prepare('SELECT at, state, who, reason FROM snapshot_event WHERE snapshot_id = ? ORDER BY id')
      .all(id) as { at: string; state: SnapshotState; who: string; reason: string | null }[];
    return rows.map((row) => ({ ...row, at: fromIso(row.at) }));
  }

  #remember(id: number, state: SnapshotState, at: number, who: string, reason: string | null): void {
    this.#database
      .prepare('INSERT INTO snapshot_event (snapshot_id, at, state, who, reason) VALUES (?, ?, ?, ?, ?)')
      .run(id, toIso(at), state, who, reason);
  }

  #many(sql: string, ...parameters: unknown[]): Snapshot[] {
    const rows = this.#database.prepare(sql).all(...parameters) as Row[];
    return rows.map((row) => this.#toSnapshot(row));
  }

  #toSnapshot(row: Row): Snapshot {
    const moment = (text: string | null) => (text === null ? null : fromIso(text));
    return {
      id: row.id,
      file: row.file,
      sha256: row.sha256,
      takenAt: fromIso(row.taken_at),
      correction: row.correction === 1,
      resetName: row.reset_name,
      resetBytes: row.reset_bytes,
      resetSha256: row.reset_sha256,
      rows: row.row_count,
      written: row.written,
      rejected: row.rejected,
      stores: this.#stores(row.id),
      state: row.state,
      reason: row.reason,
      uploadedAt: moment(row.uploaded_at),
      uploadedTo: row.uploaded_to,
      deliveredAt: moment(row.delivered_at),
      pickedUpAt: moment(row.picked_up_at),
      appliedAt: moment(row.applied_at),
      attempts: row.attempts,
      problem:
        row.problem_code === null
          ? null
          : { code: row.problem_code, message: row.problem_message ?? '', at: fromIso(row.problem_at ?? '') },
    };
  }

  #stores(id: number): StoreCount[] {
    return this.#database
      .prepare(
        `SELECT store_id AS storeId, row_count AS rows, units FROM snapshot_store
         WHERE snapshot_id = ? ORDER BY store_id`,
      )
      .all(id) as StoreCount[];
  }
}
