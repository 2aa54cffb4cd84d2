import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import type { ResetFact } from './reset-base.ts';

/** A (store, product) of the OMS. */
export interface Row {
  storeId: string;
  productCode: string;
}

/** What the ledger knows of resets and windows, as one row sees it. */
export class ResetFacts {
  readonly #concerning;
  readonly #inWindow;
  readonly #matters;

  constructor(database: Database) {
    // A reset matters to a movement recorded before its snapshot, or told before it was applied; then so does every
    // reset that was applied later than the first of these.
    this.#concerning = database.prepare(
      `SELECT taken_at, applied_at, snapshot_row.snapshot_id IS NOT NULL AS answered, level
       FROM reset JOIN snapshot_store ON snapshot_store.snapshot_id = reset.snapshot_id AND snapshot_store.store_id = :storeId
         LEFT JOIN snapshot_row ON snapshot_row.snapshot_id = reset.snapshot_id
           AND snapshot_row.store_id = :storeId AND snapshot_row.product_code = :productCode
       WHERE applied_at >= min(:firstCallAt, coalesce((SELECT min(applied_at) FROM reset WHERE taken_at >= :recordedAt), '~'))`,
    );
    this.#inWindow = database.prepare(
      `SELECT 1 FROM reset_window JOIN snapshot_store ON snapshot_store.snapshot_id = reset_window.snapshot_id
       WHERE closed_at IS NULL AND snapshot_store.store_id = :storeId AND NOT EXISTS (
         SELECT 1 FROM snapshot_row WHERE snapshot_row.snapshot_id = reset_window.snapshot_id
           AND store_id = :storeId AND product_code = :productCode AND level IS NULL)`,
    );
    this.#matters = database.prepare(`SELECT ${somethingMatters(':recordedAt', ':firstCallAt')}`);
    this.#matters.pluck();
  }

  /**
   * The resets that can matter to a movement of a row. Moments in ISO 8601: `recordedAt` of the movement,
   * `firstCallAt` of the first call about it, undefined when there was none.
   */
  concerning(row: Row, recordedAt: string, firstCallAt: string | undefined): ResetFact[] {
    const rows = this.#concerning.all({ ...row, recordedAt, firstCallAt: firstCallAt ?? never }) as {
      taken_at: string;
      applied_at: string;
      answered: number;
      level: number | null;
    }[];
    return rows.map(({ taken_at, applied_at, answered, level }) => ({
      takenAt: fromIso(taken_at),
      appliedAt: fromIso(applied_at),
      contained: answered === 0 ? undefined : level !== null,
    }));
  }

  /** Whether a row is inside an open window: in doubt it is, as long as nobody looked whether its Reset CSV has it. */
  inWindow(row: Row): boolean {
    return this.#inWindow.get({ ...row }) !== undefined;
  }

  /** Whether, as is usual, neither a reset nor a window can matter to a movement. Moments as in {@link concerning}. */
  nothingMatters(recordedAt: number, firstCallAt: number | undefined): boolean {
    const times = {
      recordedAt: toIso(recordedAt),
      firstCallAt: firstCallAt === undefined ? never : toIso(firstCallAt),
    };
    return this.#matters.get(times) === 0;
  }
}

/**
 * The SQL of whether a window is open, or any reset can matter to a movement; the arguments are SQL for moments in ISO
 * 8601, as in {@link ResetFacts.concerning}.
 */
export function somethingMatters(recordedAt: string, firstCallAt: string): string {
  return `EXISTS (SELECT 1 FROM reset_window WHERE closed_at IS NULL)
    OR EXISTS (SELECT 1 FROM reset WHERE taken_at >= ${recordedAt})
    OR EXISTS (SELECT 1 FROM reset WHERE applied_at >= ${firstCallAt})`;
}

/** Sorts after every moment. */
const never = '~';
