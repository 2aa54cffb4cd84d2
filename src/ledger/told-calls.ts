import type { Database } from '../platform/database.ts';
import { toIso } from '../platform/time-zone.ts';
import { inAnyPart } from './movement-index.ts';
import type { Row } from './reset-facts.ts';

/**
 * The calls by which the OMS accepted changes of a row, that left after one moment and were answered before another
 * (epoch milliseconds), newest first: which movements of the row, and what they added to its level.
 */
export function toldCalls(
  database: Database,
  { storeId, productCode }: Row,
  { after, before }: { after: number; before: number },
): { id: number; movements: number[]; quantity: number }[] {
  const rows = database
    .prepare(
      `SELECT call.id, sum(movement.quantity * multiplicity) AS quantity, json_group_array(movement.id) AS movements
       FROM movement JOIN call_movement ON movement_id = movement.id JOIN call ON call.id = call_id
       WHERE ${inAnyPart} AND product_code = ? AND store_id = ? AND movement.destination = 'hotwax'
         AND sent = 1 AND outcome = 'accepted' AND sent_at > ? AND outcome_at < ?
       GROUP BY call.id ORDER BY call.sent_at DESC, call.id DESC`,
    )
    .all(productCode, storeId, toIso(after), toIso(before)) as {
    id: number;
    quantity: number;
    movements: string;
  }[];
  return rows.map((row) => ({ ...row, movements: JSON.parse(row.movements) as number[] }));
}
