import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';

/** A reset that the OMS applied. Moments in epoch milliseconds. */
export interface AppliedReset {
  snapshotId: number;
  resetName: string;
  takenAt: number;
  appliedAt: number;
  /** Made of corrected rows only: it covers no store whole. */
  correction: boolean;
  storeIds: readonly string[];
}

/** How often each store is covered: rows that the last reset lacks (rejected that day) are looked for in the one before. */
const covers = 2;
/** More resets than this are not looked through, whatever they cover. */
const maxResets = 200;

/**
 * The resets that say what the OMS holds, the one last applied first: back to where each store was reset whole for the
 * second time. `needed`: without its file nobody can say what a store should hold.
 */
export function lastAppliedResets(database: Database): (AppliedReset & { needed: boolean })[] {
  const rows = database
    .prepare(
      `SELECT reset.snapshot_id AS snapshotId, reset_name AS resetName, reset.taken_at AS takenAt,
         reset.applied_at AS appliedAt, correction,
         (SELECT json_group_array(store_id) FROM snapshot_store
          WHERE snapshot_store.snapshot_id = reset.snapshot_id) AS storeIds
       FROM reset JOIN snapshot ON snapshot.id = reset.snapshot_id
       ORDER BY reset.applied_at DESC, reset.taken_at DESC, reset.id DESC LIMIT ${maxResets}`,
    )
    .all() as {
    snapshotId: number;
    resetName: string;
    takenAt: string;
    appliedAt: string;
    correction: number;
    storeIds: string;
  }[];
  return choose(
    rows.map((row) => ({
      snapshotId: row.snapshotId,
      resetName: row.resetName,
      takenAt: fromIso(row.takenAt),
      appliedAt: fromIso(row.appliedAt),
      correction: row.correction === 1,
      storeIds: JSON.parse(row.storeIds) as string[],
    })),
  );
}

function choose(resets: readonly AppliedReset[]): (AppliedReset & { needed: boolean })[] {
  const times = new Map<string, number>();
  const chosen: (AppliedReset & { needed: boolean })[] = [];
  for (const reset of resets) {
    const timesOf = (storeId: string) => times.get(storeId) ?? 0;
    if (reset.storeIds.every((storeId) => timesOf(storeId) >= covers)) continue;
    chosen.push({ ...reset, needed: reset.storeIds.some((storeId) => timesOf(storeId) === 0) });
    if (reset.correction) continue;
    for (const storeId of reset.storeIds) times.set(storeId, timesOf(storeId) + 1);
  }
  return chosen;
}
