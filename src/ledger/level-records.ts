import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';

/** The ledger's name for what comes from Smaregi's stock: its changes, or the difference of its levels. */
export const stockSource = 'stock-changes';

/** Smaregi's stock of a product in a store, as far as movements were made of it. */
export interface RecordedLevel {
  level: number;
  /** The newest change that was read of it; '' where only levels were. */
  changeId: string;
  /** When Smaregi changed it last, epoch milliseconds. */
  updatedAt: number;
  /** How many movements came from comparing levels. */
  movements: number;
}

/** The levels that movements have led to. The caller holds the transaction. */
export class LevelRecords {
  readonly #get;
  readonly #save;

  constructor(database: Database) {
    this.#get = database.prepare(
      'SELECT level, change_id, updated_at, movements FROM stock_level WHERE product_id = ? AND store_id = ?',
    );
    this.#save = database.prepare(
      `INSERT INTO stock_level (product_id, store_id, level, change_id, updated_at, movements)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET level = excluded.level, change_id = excluded.change_id,
         updated_at = excluded.updated_at, movements = excluded.movements`,
    );
  }

  get({ productId, storeId }: { productId: string; storeId: string }): RecordedLevel | undefined {
    const row = this.#get.get(productId, storeId) as
      | { level: number; change_id: string; updated_at: string; movements: number }
      | undefined;
    return (
      row && {
        level: row.level,
        changeId: row.change_id,
        updatedAt: fromIso(row.updated_at),
        movements: row.movements,
      }
    );
  }

  save(of: { productId: string; storeId: string }, recorded: RecordedLevel): void {
    const { level, changeId, updatedAt, movements } = recorded;
    this.#save.run(of.productId, of.storeId, level, changeId, toIso(updatedAt), movements);
  }
}
