import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import { inAnyPart } from './movement-index.ts';
import type { CallOutcome } from './need.ts';

/** A call to the OMS as its trace there could be recognised. Moments in epoch milliseconds. */
export interface TracedCall {
  id: number;
  sentAt: number;
  storeId: string;
  productCode: string;
  quantity: number;
  /** The variance reason that it was sent with. */
  reason: string;
  outcome: CallOutcome;
  /** Nobody can say any more what came of it, or could not for a while. */
  doubt: boolean;
  outcomeAt: number | undefined;
  /** `flagship`, an operator's name, or how it was read back. */
  outcomeBy: string | undefined;
  /** A person said later that the OMS lost it. */
  denied: boolean;
}

interface Row {
  id: number;
  sent_at: string;
  store_id: string;
  product_code: string;
  quantity: number;
  reason: string;
  outcome: CallOutcome;
  doubt_at: string | null;
  outcome_at: string | null;
  outcome_by: string | null;
  denied: 0 | 1;
}

const columns = `call.id, call.sent_at, store_id, product_code, call.quantity, reason, outcome, doubt.at AS doubt_at,
  outcome_at, outcome_by`;

/** Whether a call without traffic took back what a call had told. */
const denied = `EXISTS (SELECT 1 FROM call_movement AS undone JOIN call AS silent ON silent.id = undone.call_id
  WHERE undone.movement_id = movement.id AND silent.sent = 0 AND undone.multiplicity = -call_movement.multiplicity)`;

/** How many of the newest calls are looked through for a witness: some days' worth. */
const witnessCalls = 20_000;

/** The calls whose outcome nobody knows, and what else was told about the same row. Reads only. */
export class DoubtRecords {
  readonly #open;
  readonly #like;
  readonly #witness;

  constructor(database: Database) {
    // The movements of a call are all of one row, so that any of them says which.
    this.#open = database.prepare(
      `SELECT ${columns}, 0 AS denied
       FROM call JOIN doubt ON doubt.call_id = call.id
         JOIN movement ON movement.id = (SELECT movement_id FROM call_movement
           WHERE call_movement.call_id = call.id LIMIT 1)
       WHERE outcome = 'unknown' AND call.destination = 'hotwax' AND call.id > ? AND sent_at <= ?
         AND EXISTS (SELECT 1 FROM call_movement JOIN posting ON posting.movement_id = call_movement.movement_id
           WHERE call_movement.call_id = call.id AND state = 'in-doubt')
       ORDER BY call.id LIMIT ?`,
    );
    this.#like = database.prepare(
      `SELECT ${columns}, max(${denied}) AS denied
       FROM movement JOIN call_movement ON call_movement.movement_id = movement.id
         JOIN call ON call.id = call_movement.call_id LEFT JOIN doubt ON doubt.call_id = call.id
       WHERE ${inAnyPart} AND store_id = ? AND product_code = ? AND call.destination = 'hotwax' AND sent = 1 AND reason = ?
         AND call.quantity = ? AND sent_at >= ?
       GROUP BY call.id
       ORDER BY sent_at, call.id`,
    );
    this.#witness = database.prepare(
      `SELECT ${columns}, 0 AS denied
       FROM call JOIN call_movement ON call_movement.call_id = call.id
         JOIN movement ON movement.id = call_movement.movement_id LEFT JOIN doubt ON doubt.call_id = call.id
       WHERE call.id > (SELECT max(id) FROM call) - ${witnessCalls} AND call.destination = 'hotwax' AND sent = 1
         AND outcome = 'accepted' AND doubt.call_id IS NULL AND NOT ${denied} AND reason = ? AND store_id = ?
       ORDER BY call.id DESC LIMIT 1`,
    );
  }

  /** Calls in doubt that still matter (no reset came after them), sent at or before `sentBefore`, oldest first. */
  open(options: { afterId: number; sentBefore: number; limit: number }): TracedCall[] {
    const rows = this.#open.all(options.afterId, toIso(options.sentBefore), options.limit) as Row[];
    return rows.map(toTraced);
  }

  /** Every call sent since `since` for the same row, reason and quantity, the given one included. */
  like(call: TracedCall, since: number): TracedCall[] {
    const { storeId, productCode, reason, quantity } = call;
    const rows = this.#like.all(storeId, productCode, reason, quantity, toIso(since)) as Row[];
    return rows.map(toTraced);
  }

  /** The newest call for the same store and reason that the OMS itself said it had applied. */
  witnessFor(call: TracedCall): TracedCall | undefined {
    const row = this.#witness.get(call.reason, call.storeId) as Row | undefined;
    return row && toTraced(row);
  }
}

function toTraced(row: Row): TracedCall {
  return {
    id: row.id,
    sentAt: fromIso(row.sent_at),
    storeId: row.store_id,
    productCode: row.product_code,
    quantity: row.quantity,
    reason: row.reason,
    outcome: row.outcome,
    doubt: row.doubt_at !== null,
    outcomeAt: row.outcome_at === null ? undefined : fromIso(row.outcome_at),
    outcomeBy: row.outcome_by ?? undefined,
    denied: row.denied === 1,
  };
}
