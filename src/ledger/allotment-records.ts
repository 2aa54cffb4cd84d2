import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';

/** What one product of a warehouse is divided into. */
export interface AllotmentRow {
  productCode: string;
  b2b: number;
  b2c: number;
}

/** A split that a person has uploaded. */
export interface Allotment {
  id: number;
  /** Epoch milliseconds. */
  at: number;
  who: string;
  /** Smaregi's id of the warehouse. */
  storeId: string;
  absolute: boolean;
  inputSha256: string;
  outputSha256: string;
}

/** What was uploaded of each warehouse: the baseline of its next split. */
export class AllotmentRecords {
  readonly #database: Database;
  readonly #row;

  constructor(database: Database) {
    this.#database = database;
    this.#row = database.prepare(
      `SELECT b2b, b2c FROM allotment_row WHERE store_id = ? AND product_code = ?
       ORDER BY allotment_id DESC LIMIT 1`,
    );
  }

  /** What was uploaded last of a product; undefined when it never was. */
  baseline(storeId: string, productCode: string): { b2b: number; b2c: number } | undefined {
    return this.#row.get(storeId, productCode) as { b2b: number; b2c: number } | undefined;
  }

  /** How many products were ever uploaded of a warehouse. */
  products(storeId: string): number {
    return this.#database
      .prepare('SELECT count(DISTINCT product_code) FROM allotment_row WHERE store_id = ?')
      .pluck()
      .get(storeId) as number;
  }

  /** The newest upload of a warehouse. */
  last(storeId: string): Allotment | undefined {
    const row = this.#database
      .prepare(
        `SELECT id, at, who, store_id AS storeId, absolute, input_sha256 AS inputSha256,
           output_sha256 AS outputSha256
         FROM allotment WHERE store_id = ? ORDER BY id DESC LIMIT 1`,
      )
      .get(storeId) as (Omit<Allotment, 'at' | 'absolute'> & { at: string; absolute: number }) | undefined;
    return row && { ...row, at: fromIso(row.at), absolute: row.absolute === 1 };
  }

  /** Makes a split the baseline, in one transaction. Returns its id. */
  add(allotment: Omit<Allotment, 'id'>, rows: readonly AllotmentRow[]): number {
    const insert = this.#database.prepare(
      'INSERT INTO allotment_row (store_id, product_code, allotment_id, b2b, b2c) VALUES (?, ?, ?, ?, ?)',
    );
    const apply = this.#database.transaction(() => {
      const { lastInsertRowid } = this.#database
        .prepare(
          `INSERT INTO allotment (at, who, store_id, absolute, input_sha256, output_sha256)
           VALUES (:at, :who, :storeId, :absolute, :inputSha256, :outputSha256)`,
        )
        .run({ ...allotment, at: toIso(allotment.at), absolute: allotment.absolute ? 1 : 0 });
      const id = Number(lastInsertRowid);
      for (const { productCode, b2b, b2c } of rows) insert.run(allotment.storeId, productCode, id, b2b, b2c);
      return id;
    });
    return apply.immediate();
  }
}
