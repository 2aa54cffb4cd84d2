import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { StoreCount } from './snapshot-records.ts';

/** The states of snapshots that went to the OMS or are on their way. */
const accepted = `('ready', 'delivering', 'delivered', 'applied', 'unconfirmed')`;

/** What went to the OMS before, for a new snapshot to be compared with. */
export class SnapshotPredecessors {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** For each store, what the newest snapshot with it that was accepted for delivery counted. */
  lastPerStore(): Map<string, StoreCount> {
    const rows = this.#database
      .prepare(
        `SELECT store_id AS storeId, snapshot_store.row_count AS rows, units, max(taken_at)
         FROM snapshot_store JOIN snapshot ON snapshot.id = snapshot_id
         WHERE correction = 0 AND state IN ${accepted}
         GROUP BY store_id`,
      )
      .all() as StoreCount[];
    return new Map(rows.map(({ storeId, rows: count, units }) => [storeId, { storeId, rows: count, units }]));
  }

  /** The stores of the newest snapshot accepted for delivery that has any of these stores. */
  storesOfPredecessor(storeIds: string[]): string[] {
    return this.#database
      .prepare(
        `SELECT store_id FROM snapshot_store WHERE snapshot_id = (
           SELECT id FROM snapshot WHERE correction = 0 AND state IN ${accepted} AND id IN (
             SELECT snapshot_id FROM snapshot_store WHERE store_id IN (SELECT value FROM json_each(?)))
           ORDER BY taken_at DESC, id DESC LIMIT 1)
         ORDER BY store_id`,
      )
      .pluck()
      .all(JSON.stringify(storeIds)) as string[];
  }

  /** When the newest snapshot that holds any of these stores and went to the OMS was taken. */
  lastDeliveredTakenAt(storeIds: string[]): number | undefined {
    const row = this.#database
      .prepare(
        `SELECT max(taken_at) AS taken_at FROM snapshot
         WHERE state IN ('delivered', 'applied', 'unconfirmed') AND id IN (
           SELECT snapshot_id FROM snapshot_store WHERE store_id IN (SELECT value FROM json_each(?)))`,
      )
      .get(JSON.stringify(storeIds)) as { taken_at: string | null };
    return row.taken_at === null ? undefined : fromIso(row.taken_at);
  }
}
