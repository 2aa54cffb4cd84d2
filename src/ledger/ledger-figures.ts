import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import { isDue, isOpen } from './posting-indexes.ts';

/** What of each destination's postings is open, by what people call it. `due` counts those that wait for a retry too. */
export type OpenState = 'due' | 'held' | 'sending' | 'in-doubt' | 'refused';

export interface PostingCount {
  destination: string;
  state: OpenState | 'closed';
  count: number;
}

/** The oldest movement of a store that its destination has not accepted; epoch milliseconds. */
export interface OldestOpen {
  destination: string;
  storeId: string;
  recordedAt: number;
}

/** Rows looked at for the oldest of each store, per destination and direction: a few milliseconds. */
export const scannedRows = 5_000;

const destinations = ['hotwax', 'smaregi'] as const;

/**
 * Figures of the ledger that cost the same however many movements it holds: what is open is counted on its partial
 * index, what is closed is the rest.
 */
export class LedgerFigures {
  readonly #due;
  readonly #open;
  readonly #all;
  readonly #oldestDue;
  readonly #oldestOpen;

  constructor(database: Database) {
    this.#due = database.prepare(`SELECT count(*) FROM posting WHERE destination = ? AND ${isDue}`).pluck();
    this.#open = database.prepare(
      `SELECT destination, state, count(*) AS count FROM posting
       WHERE ${isOpen} GROUP BY state, destination`,
    );
    this.#all = database
      .prepare(
        `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'movement'), 0)
           - (SELECT coalesce(sum(movements), 0) FROM archive_part)`,
      )
      .pluck();
    this.#oldestDue = database.prepare(
      `SELECT store_id AS storeId, min(oldest.recorded_at) AS recordedAt
       FROM (SELECT movement_id, recorded_at FROM posting
             WHERE destination = ? AND ${isDue} AND urgency = ?
             ORDER BY recorded_at LIMIT ${scannedRows}) AS oldest
         JOIN movement ON movement.id = oldest.movement_id
       GROUP BY store_id`,
    );
    this.#oldestOpen = database.prepare(
      `SELECT movement.destination, store_id AS storeId, min(oldest.recorded_at) AS recordedAt
       FROM (SELECT movement_id, recorded_at FROM posting
             WHERE ${isOpen} AND state = ?
             ORDER BY recorded_at LIMIT ${scannedRows}) AS oldest
         JOIN movement ON movement.id = oldest.movement_id
       GROUP BY movement.destination, store_id`,
    );
  }

  /** Postings by state; `closed` is what is posted or absorbed, over all destinations. */
  counts(): PostingCount[] {
    const open = this.#open.all() as PostingCount[];
    const due = destinations.map((destination): PostingCount => {
      return { destination, state: 'due', count: this.#due.get(destination) as number };
    });
    const isOpen = [...due, ...open].reduce((sum, { count }) => sum + count, 0);
    const closed = (this.#all.get() as number) - isOpen;
    return [...due, ...open, { destination: '', state: 'closed', count: closed }];
  }

  /**
   * The oldest open movement of each store, of those whose oldest is among the oldest few thousand; of a store that is
   * not named, the oldest is younger than those.
   */
  oldest(): OldestOpen[] {
    const found = new Map<string, OldestOpen>();
    const take = (destination: string, { storeId, recordedAt }: { storeId: string; recordedAt: string }) => {
      const key = `${destination} ${storeId}`;
      const at = Math.min(found.get(key)?.recordedAt ?? Number.POSITIVE_INFINITY, fromIso(recordedAt));
      found.set(key, { destination, storeId, recordedAt: at });
    };
    for (const destination of destinations) {
      for (const urgency of [0, 1]) {
        const rows = this.#oldestDue.all(destination, urgency) as { storeId: string; recordedAt: string }[];
        for (const row of rows) take(destination, row);
      }
    }
    for (const state of ['held', 'sending', 'in-doubt', 'refused']) {
      const rows = this.#oldestOpen.all(state) as {
        destination: string;
        storeId: string;
        recordedAt: string;
      }[];
      for (const row of rows) take(row.destination, row);
    }
    return [...found.values()];
  }
}
