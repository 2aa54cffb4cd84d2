import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { Feed } from './file-records.ts';
import type { Destination } from './need.ts';
import { isDue, isOpen } from './posting-indexes.ts';

/** How far back the last sales are looked for when a process starts; movements, a day or more of them. */
const lookBack = 50_000;
/** Movements read at once, afterwards. */
const perLook = 20_000;

/** What alarms must know of the ledger; each answer costs next to nothing, however large it is. */
export class AlarmQuestions {
  readonly #database: Database;
  readonly #oldestDue;
  readonly #doubts;
  readonly #refused;
  readonly #lastAccepted;
  readonly #sales;
  readonly #lastSales = new Map<string, number>();
  #seenMovement: number | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#oldestDue = database
      .prepare(
        `SELECT min(recorded_at) FROM posting
         WHERE destination = ? AND ${isDue} AND urgency = ?`,
      )
      .pluck();
    this.#doubts = database.prepare(
      `SELECT count(DISTINCT posting.movement_id) AS doubts, min(doubt.at) AS oldest
       FROM posting JOIN call_movement ON call_movement.movement_id = posting.movement_id
         JOIN call ON call.id = call_movement.call_id JOIN doubt ON doubt.call_id = call.id
       WHERE ${isOpen} AND state = 'in-doubt'
         AND posting.destination = ? AND outcome = 'unknown'`,
    );
    this.#refused = database
      .prepare(
        `SELECT count(*) FROM posting
         WHERE ${isOpen} AND state = 'refused' AND destination = ?`,
      )
      .pluck();
    this.#lastAccepted = database
      .prepare(
        `SELECT finished_at FROM file WHERE feed = ? AND outcome <> 'refused' ORDER BY id DESC LIMIT 1`,
      )
      .pluck();
    this.#sales = database.prepare(
      `SELECT id, store_id AS storeId, recorded_at AS recordedAt, kind FROM movement
       WHERE id > ? ORDER BY id LIMIT ${perLook}`,
    );
  }

  /** When the oldest of what is due was recorded; epoch milliseconds. */
  oldestDueAt(destination: Destination): number | undefined {
    const found = [0, 1].map((urgency) => this.#oldestDue.get(destination, urgency) as string | null);
    const moments = found.filter((at) => at !== null).map(fromIso);
    return moments.length > 0 ? Math.min(...moments) : undefined;
  }

  doubts(destination: Destination): { doubts: number; oldestDoubtAt: number | undefined } {
    const { doubts, oldest } = this.#doubts.get(destination) as { doubts: number; oldest: string | null };
    return { doubts, oldestDoubtAt: oldest === null ? undefined : fromIso(oldest) };
  }

  refused(destination: Destination): number {
    return this.#refused.get(destination) as number;
  }

  /** When the last file of a feed ended well. */
  lastAcceptedAt(feed: Feed): number | undefined {
    const at = this.#lastAccepted.get(feed) as string | undefined;
    return at === undefined ? undefined : fromIso(at);
  }

  /** When Smaregi recorded the last sale of each store, as far as movements of late tell. */
  lastSales(): ReadonlyMap<string, number> {
    this.#seenMovement ??= this.#newest() - lookBack;
    for (;;) {
      const rows = this.#sales.all(this.#seenMovement) as {
        id: number;
        storeId: string;
        recordedAt: string;
        kind: string;
      }[];
      for (const { id, storeId, recordedAt, kind } of rows) {
        this.#seenMovement = id;
        if (kind !== 'sale') continue;
        this.#lastSales.set(storeId, Math.max(this.#lastSales.get(storeId) ?? 0, fromIso(recordedAt)));
      }
      if (rows.length < perLook) return this.#lastSales;
    }
  }

  #newest(): number {
    return (this.#database.prepare('SELECT max(id) FROM movement').pluck().get() as number | null) ?? 0;
  }
}
