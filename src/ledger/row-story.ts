import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { ListedPosting } from './posting-list.ts';
import { inOrderOfApplication } from './reset-base.ts';
import type { Row } from './reset-facts.ts';
import type { LevelBase } from './row-level.ts';

/** A snapshot as one of the rows of its stores sees it. Moments in epoch milliseconds. */
export interface RowSnapshot {
  id: number;
  file: string;
  takenAt: number;
  deliveredAt: number | null;
  pickedUpAt: number | null;
  /** The level that it sets; null: its Reset CSV has no such row; undefined: nobody looked it up. */
  level: number | null | undefined;
  windows: readonly { openedAt: number; closedAt: number | null; why: string | null }[];
  reset: { appliedAt: number; who: string; reason: string } | undefined;
}

/** What happened to a row besides its postings. */
export type RowEvent =
  | { is: 'taken'; snapshot: number; file: string; level: number | null | undefined }
  | { is: 'delivered' | 'picked-up' | 'window-opened'; snapshot: number }
  | { is: 'window-closed'; snapshot: number; why: string }
  | {
      is: 'reset';
      snapshot: number;
      level: number | null | undefined;
      takenAt: number;
      who: string;
      reason: string;
      /** Postings that were never told, and need not be: the snapshot contained them. */
      absorbed: readonly number[];
      /** Postings that it overwrote although the snapshot did not contain them: told again. */
      overwritten: readonly number[];
    };

/** The newest delivered snapshots with a store, as the row sees them, oldest first. */
export function rowSnapshots(database: Database, row: Row, limit: number): RowSnapshot[] {
  const rows = database
    .prepare(
      `SELECT snapshot.id, file.name AS file, snapshot.taken_at, delivered_at, picked_up_at,
         snapshot_row.snapshot_id IS NOT NULL AS answered, level, reset.applied_at, reset.who, reset.reason
       FROM snapshot_store JOIN snapshot ON snapshot.id = snapshot_store.snapshot_id
         JOIN file ON file.id = snapshot.file_id LEFT JOIN reset ON reset.snapshot_id = snapshot.id
         LEFT JOIN snapshot_row ON snapshot_row.snapshot_id = snapshot.id
           AND snapshot_row.store_id = :storeId AND snapshot_row.product_code = :productCode
       WHERE snapshot_store.store_id = :storeId AND delivered_at IS NOT NULL
       ORDER BY snapshot.id DESC LIMIT :limit`,
    )
    .all({ ...row, limit }) as SnapshotRow[];
  const windows = database.prepare(
    'SELECT opened_at, closed_at, why FROM reset_window WHERE snapshot_id = ? ORDER BY id',
  );
  return rows.reverse().map((found) => toRowSnapshot(found, windows.all(found.id) as WindowRow[]));
}

interface SnapshotRow {
  id: number;
  file: string;
  taken_at: string;
  delivered_at: string;
  picked_up_at: string | null;
  answered: number;
  level: number | null;
  applied_at: string | null;
  who: string | null;
  reason: string | null;
}

interface WindowRow {
  opened_at: string;
  closed_at: string | null;
  why: string | null;
}

function toRowSnapshot(row: SnapshotRow, windows: readonly WindowRow[]): RowSnapshot {
  const moment = (text: string | null) => (text === null ? null : fromIso(text));
  const { applied_at, who, reason } = row;
  return {
    id: row.id,
    file: row.file,
    takenAt: fromIso(row.taken_at),
    deliveredAt: moment(row.delivered_at),
    pickedUpAt: moment(row.picked_up_at),
    level: row.answered === 0 ? undefined : row.level,
    windows: windows.map((window) => ({
      openedAt: fromIso(window.opened_at),
      closedAt: moment(window.closed_at),
      why: window.why,
    })),
    reset:
      applied_at === null
        ? undefined
        : { appliedAt: fromIso(applied_at), who: who ?? '', reason: reason ?? '' },
  };
}

/** What snapshots, windows and resets did to a row and its postings. Pure. */
export function rowEvents(
  snapshots: readonly RowSnapshot[],
  postings: readonly ListedPosting[],
): ({ at: number } & RowEvent)[] {
  const events = snapshots.flatMap((snapshot) => wayOf(snapshot));
  let before: { takenAt: number; appliedAt: number } | undefined;
  for (const reset of resetsOf(snapshots)) {
    const { id: snapshot, takenAt, level, appliedAt, who, reason } = reset;
    const changes = level === null ? { absorbed: [], overwritten: [] } : changesBy(reset, before, postings);
    events.push({ at: appliedAt, is: 'reset', snapshot, level, takenAt, who, reason, ...changes });
    if (level !== null) before = reset;
  }
  return events;
}

function wayOf({ id, file, takenAt, level, deliveredAt, pickedUpAt, windows }: RowSnapshot) {
  const events: ({ at: number } & RowEvent)[] = [{ at: takenAt, is: 'taken', snapshot: id, file, level }];
  if (deliveredAt !== null) events.push({ at: deliveredAt, is: 'delivered', snapshot: id });
  if (pickedUpAt !== null) events.push({ at: pickedUpAt, is: 'picked-up', snapshot: id });
  for (const { openedAt, closedAt, why } of windows) {
    events.push({ at: openedAt, is: 'window-opened', snapshot: id });
    if (closedAt !== null) events.push({ at: closedAt, is: 'window-closed', snapshot: id, why: why ?? '' });
  }
  return events;
}

/** The resets of a row in the order in which they were applied. */
export function resetsOf(snapshots: readonly RowSnapshot[]) {
  return snapshots
    .flatMap(({ reset, ...snapshot }) => (reset ? [{ ...snapshot, ...reset }] : []))
    .sort(inOrderOfApplication);
}

/**
 * The reset last applied that contains the row, with its level; `unanswered` when one that was applied later may
 * contain it and nobody looked.
 */
export function knownBase(snapshots: readonly RowSnapshot[]): LevelBase | undefined | 'unanswered' {
  for (const { level, takenAt, appliedAt } of resetsOf(snapshots).reverse()) {
    if (level === undefined) return 'unanswered';
    if (level !== null) return { level, takenAt, appliedAt };
  }
  return undefined;
}

function changesBy(
  { takenAt, appliedAt }: { takenAt: number; appliedAt: number },
  before: { takenAt: number; appliedAt: number } | undefined,
  postings: readonly ListedPosting[],
): { absorbed: number[]; overwritten: number[] } {
  const absorbed: number[] = [];
  const overwritten: number[] = [];
  for (const { id, recordedAt, calls, destination } of postings) {
    if (destination !== 'hotwax') continue;
    const told = calls
      .filter((call) => call.outcome === 'accepted' && call.sentAt <= appliedAt)
      .filter((call) => before === undefined || call.sentAt > before.appliedAt)
      .reduce((sum, call) => sum + call.multiplicity, 0);
    if (recordedAt > takenAt && told > 0) overwritten.push(id);
    const wanted = before === undefined || recordedAt > before.takenAt;
    if (recordedAt <= takenAt && wanted && told === 0) absorbed.push(id);
  }
  return { absorbed, overwritten };
}
