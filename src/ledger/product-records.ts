import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import type { Product } from '../smaregi/product.ts';

interface Row {
  product_id: string;
  product_code: string;
  managed: 0 | 1;
}

/** Smaregi's products, as they were when they were read last. The caller holds the transaction where it writes. */
export class ProductRecords {
  readonly #save;
  readonly #byId;
  readonly #byCode;
  readonly #newest;

  constructor(database: Database) {
    this.#save = database.prepare(
      `INSERT INTO product (product_id, product_code, managed, read_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET product_code = excluded.product_code, managed = excluded.managed,
         read_at = excluded.read_at`,
    );
    const columns = 'product_id, product_code, managed';
    this.#byId = database.prepare(`SELECT ${columns} FROM product WHERE product_id = ?`);
    // A code may have been given to another product since: the one that was read last has it.
    this.#byCode = database.prepare(
      `SELECT ${columns} FROM product WHERE product_code = ? ORDER BY read_at DESC, product_id DESC LIMIT 1`,
    );
    this.#newest = database.prepare('SELECT max(read_at) FROM product').pluck();
  }

  save({ productId, productCode, managed }: Product, readAt: number): void {
    this.#save.run(productId, productCode, managed ? 1 : 0, toIso(readAt));
  }

  byId(productId: string): Product | undefined {
    return toProduct(this.#byId.get(productId) as Row | undefined);
  }

  byCode(productCode: string): Product | undefined {
    return toProduct(this.#byCode.get(productCode) as Row | undefined);
  }

  /** When a product was read last, epoch milliseconds; undefined when none ever was. */
  readLastAt(): number | undefined {
    const at = this.#newest.get() as string | null;
    return at === null ? undefined : fromIso(at);
  }
}

function toProduct(row: Row | undefined): Product | undefined {
  return row && { productId: row.product_id, productCode: row.product_code, managed: row.managed === 1 };
}
