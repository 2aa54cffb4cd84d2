import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';

/** When each thing happened last to a whole snapshot, in epoch milliseconds. */
export interface SnapshotTimes {
  takenAt: number;
  receivedAt: number;
  deliveredAt: number | undefined;
  appliedAt: number | undefined;
}

const columns = `taken_at, delivered_at, applied_at,
  (SELECT min(at) FROM snapshot_event WHERE snapshot_id = snapshot.id) AS received_at`;

/** Moments of snapshots, for figures and alarms. */
export class SnapshotTimeline {
  readonly #delivered;
  readonly #received;
  readonly #between;
  readonly #applied;
  readonly #ready;

  constructor(database: Database) {
    this.#delivered = database.prepare(
      `SELECT ${columns} FROM snapshot WHERE delivered_at IS NOT NULL ORDER BY delivered_at DESC LIMIT 1`,
    );
    this.#received = database
      .prepare(
        `SELECT max(finished_at) FROM file JOIN snapshot ON snapshot.file_id = file.id
         WHERE correction = 0 AND state <> 'discarded'`,
      )
      .pluck();
    this.#between = database.prepare(
      'SELECT 1 FROM snapshot WHERE correction = 0 AND delivered_at > ? AND delivered_at <= ? LIMIT 1',
    );
    this.#ready = database
      .prepare(`SELECT max(at) FROM snapshot_event WHERE snapshot_id = ? AND state IN ('ready', 'held')`)
      .pluck();
    this.#applied = database.prepare(
      `SELECT ${columns} FROM snapshot WHERE applied_at IS NOT NULL ORDER BY applied_at DESC LIMIT 1`,
    );
  }

  /** Of the snapshot that was delivered last. */
  lastDelivered(): SnapshotTimes | undefined {
    return toTimes(this.#delivered.get());
  }

  /** Of the snapshot that the OMS applied last. */
  lastApplied(): SnapshotTimes | undefined {
    return toTimes(this.#applied.get());
  }

  /** When the last inventory file that was not discarded was taken in. */
  lastReceivedAt(): number | undefined {
    const at = this.#received.get() as string | null;
    return at === null ? undefined : fromIso(at);
  }

  /** When a snapshot was taken in, or released by a person since. */
  readyAt(id: number): number | undefined {
    const at = this.#ready.get(id) as string | null;
    return at === null ? undefined : fromIso(at);
  }

  /** Whether a snapshot was delivered after `from` and not after `to`. */
  wasDelivered(from: number, to: number): boolean {
    return this.#between.get(toIso(from), toIso(to)) !== undefined;
  }
}

function toTimes(found: unknown): SnapshotTimes | undefined {
  if (found === undefined) return undefined;
  const row = found as Record<'taken_at' | 'received_at', string> &
    Record<'delivered_at' | 'applied_at', string | null>;
  const moment = (text: string | null) => (text === null ? undefined : fromIso(text));
  return {
    takenAt: fromIso(row.taken_at),
    receivedAt: fromIso(row.received_at),
    deliveredAt: moment(row.delivered_at),
    appliedAt: moment(row.applied_at),
  };
}
