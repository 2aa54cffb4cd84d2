import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import { stockSource } from './level-records.ts';
import { inAnyPart } from './movement-index.ts';
import { echoKind } from './movement-records.ts';

/** An addition of ours that Smaregi applied. */
export interface OwnAddition {
  callId: number;
  /** The change that it made there, where Smaregi told us. */
  changeId: string | undefined;
  quantity: number;
  /** When we knew, epoch milliseconds. */
  knownAt: number;
}

/** Which of Smaregi's changes are our own. Reads only. */
export class EchoRecords {
  readonly #ofRow;
  readonly #receipt;
  readonly #additions;
  readonly #underWay;

  constructor(database: Database) {
    this.#ofRow = database.prepare(
      `SELECT recorded_at, quantity, key FROM movement
       WHERE ${inAnyPart} AND product_code = ? AND store_id = ? AND kind = '${echoKind}' ORDER BY id`,
    );
    this.#receipt = database.prepare('SELECT 1 FROM receipt WHERE change_id = ?');
    // The movements of a call are all of one row, so that any of them says which.
    const callsOfRow = `FROM movement JOIN call_movement ON call_movement.movement_id = movement.id
      JOIN call ON call.id = call_movement.call_id
      WHERE ${inAnyPart} AND store_id = ? AND product_code = ? AND movement.destination = 'smaregi' AND sent = 1`;
    this.#additions = database.prepare(
      `SELECT DISTINCT call.id, change_id, call.quantity, outcome_at
       FROM (SELECT DISTINCT call.id AS id ${callsOfRow} AND outcome = 'accepted' AND sent_at >= ?) AS accepted
         JOIN call ON call.id = accepted.id LEFT JOIN receipt ON receipt.call_id = call.id
       WHERE NOT EXISTS (SELECT 1 FROM movement AS echo
         WHERE echo.source = '${stockSource}' AND echo.key IN (change_id, 'call/' || call.id))`,
    );
    this.#underWay = database.prepare(
      `SELECT 1 ${callsOfRow} AND outcome = 'unknown'
         AND NOT EXISTS (SELECT 1 FROM doubt WHERE doubt.call_id = call.id) LIMIT 1`,
    );
  }

  /** What we changed ourselves in a row; moments in epoch milliseconds. */
  ofRow(row: { storeId: string; productCode: string }): { at: number; quantity: number; key: string }[] {
    const rows = this.#ofRow.all(row.productCode, row.storeId) as {
      recorded_at: string;
      quantity: number;
      key: string;
    }[];
    return rows.map(({ recorded_at, quantity, key }) => ({ at: fromIso(recorded_at), quantity, key }));
  }

  isReceipt(changeId: string): boolean {
    return this.#receipt.get(changeId) !== undefined;
  }

  /** The applied additions to a row, sent since a moment, that no movement of kind echo stands for yet. */
  withoutEcho(row: { storeId: string; productCode: string }, since: number): OwnAddition[] {
    const rows = this.#additions.all(row.storeId, row.productCode, toIso(since)) as {
      id: number;
      change_id: string | null;
      quantity: number;
      outcome_at: string;
    }[];
    return rows.map(({ id, change_id, quantity, outcome_at }) => ({
      callId: id,
      changeId: change_id ?? undefined,
      quantity,
      knownAt: fromIso(outcome_at),
    }));
  }

  /** Whether an addition to a row is under way, so that a level may contain it or not. */
  isUnderWay(row: { storeId: string; productCode: string }): boolean {
    return this.#underWay.get(row.storeId, row.productCode) !== undefined;
  }
}
