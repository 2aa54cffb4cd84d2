import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { Destination } from './need.ts';

/** A movement with what its destination is still to be told. */
export interface MovementNeed {
  id: number;
  storeId: string;
  productCode: string;
  quantity: number;
  /** Epoch milliseconds. */
  recordedAt: number;
  /** null: unknown. */
  need: number | null;
}

/** Movements read at once: a few milliseconds, in which nobody else has a turn. */
const perPage = 500;

/** Every movement for a destination, page by page, in the order in which they were taken in. */
export async function* movementPages(
  database: Database,
  destination: Destination,
): AsyncGenerator<MovementNeed[]> {
  const page = database.prepare(
    `SELECT movement.id, store_id AS storeId, product_code AS productCode, quantity,
       movement.recorded_at AS recordedAt, need
     FROM movement JOIN posting ON movement_id = movement.id
     WHERE movement.id > ? AND movement.destination = ? ORDER BY movement.id LIMIT ${perPage}`,
  );
  for (let after = 0; ; ) {
    const rows = page.all(after, destination) as (Omit<MovementNeed, 'recordedAt'> & {
      recordedAt: string;
    })[];
    if (rows.length === 0) return;
    yield rows.map((row) => ({ ...row, recordedAt: fromIso(row.recordedAt) }));
    after = rows.at(-1)?.id ?? after;
    await nextTurn();
  }
}
