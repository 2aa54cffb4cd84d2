import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';

/** A call to Smaregi whose outcome nobody knows. Moments in epoch milliseconds. */
export interface PackingDoubt {
  callId: number;
  sentAt: number;
  /** When its answer was given up. */
  doubtAt: number;
  movementId: number;
  key: string;
  storeId: string;
  productCode: string;
  quantity: number;
}

interface Row {
  call_id: number;
  sent_at: string;
  doubt_at: string;
  movement_id: number;
  key: string;
  store_id: string;
  product_code: string;
  quantity: number;
}

/** What the calls to Smaregi say about packings. Reads only. */
export class PackingRecords {
  readonly #lost;
  readonly #firstDoubt;
  readonly #doubts;

  constructor(database: Database) {
    this.#lost = database
      .prepare(
        `SELECT count(*) FROM call_movement JOIN call ON call.id = call_id
         WHERE movement_id = ? AND sent = 0 AND multiplicity = -1`,
      )
      .pluck();
    this.#firstDoubt = database
      .prepare(
        `SELECT min(sent_at) FROM call_movement JOIN call ON call.id = call_movement.call_id
           JOIN doubt ON doubt.call_id = call.id WHERE movement_id = ?`,
      )
      .pluck();
    // Each call to Smaregi tells of one movement.
    this.#doubts = database.prepare(
      `SELECT call.id AS call_id, sent_at, doubt.at AS doubt_at, movement.id AS movement_id, key, store_id,
         product_code, movement.quantity
       FROM call JOIN doubt ON doubt.call_id = call.id JOIN call_movement ON call_movement.call_id = call.id
         JOIN movement ON movement.id = movement_id
       WHERE outcome = 'unknown' AND call.destination = 'smaregi' ORDER BY call.id LIMIT ?`,
    );
  }

  /** 1, and one more for each time that a person said Smaregi lost it. */
  generationOf(movementId: number): number {
    return 1 + (this.#lost.get(movementId) as number);
  }

  /** When the first call about it left that ever was in doubt, however that was settled; undefined when none was. */
  inDoubtSince(movementId: number): number | undefined {
    const at = this.#firstDoubt.get(movementId) as string | null;
    return at === null ? undefined : fromIso(at);
  }

  /** Open doubts, oldest first. */
  doubts(limit: number): PackingDoubt[] {
    return (this.#doubts.all(limit) as Row[]).map((row) => ({
      callId: row.call_id,
      sentAt: fromIso(row.sent_at),
      doubtAt: fromIso(row.doubt_at),
      movementId: row.movement_id,
      key: row.key,
      storeId: row.store_id,
      productCode: row.product_code,
      quantity: row.quantity,
    }));
  }
}
