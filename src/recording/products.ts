import type { ProductRecords } from '../ledger/product-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { systemCode } from '../platform/problem.ts';
import { oddAnswer } from '../smaregi/paging.ts';
import { type Product, productIn } from '../smaregi/product.ts';
import type { SmaregiClient } from '../smaregi/smaregi-client.ts';

export interface ProductsOptions {
  database: Database;
  records: ProductRecords;
  smaregi: Pick<SmaregiClient, 'product' | 'products'>;
  clock: Pick<Clock, 'now'>;
}

/**
 * Which product has which code: from the ledger, and from Smaregi for what is not there. Reads throw what the client's
 * reads throw.
 */
export class Products {
  readonly #options: ProductsOptions;

  constructor(options: ProductsOptions) {
    this.#options = options;
  }

  /** Undefined: Smaregi has no such product (any more), and never had it while we looked. */
  async byId(productId: string, signal?: AbortSignal): Promise<Product | undefined> {
    const { records } = this.#options;
    const known = records.byId(productId);
    if (known) return known;
    await this.refresh([productId], signal);
    return records.byId(productId);
  }

  /** Undefined: Smaregi has no product with this code. */
  async byCode(productCode: string, signal?: AbortSignal): Promise<Product | undefined> {
    const { records, smaregi } = this.#options;
    const known = records.byCode(productCode);
    if (known) return known;
    for await (const rows of smaregi.products({ code: productCode }, signal)) {
      this.#save(rows.map(productIn).filter((product) => product?.productCode === productCode));
    }
    return records.byCode(productCode);
  }

  /** Reads these products anew. */
  async refresh(productIds: Iterable<string>, signal?: AbortSignal): Promise<void> {
    for (const productId of productIds) {
      try {
        const product = productIn(await this.#options.smaregi.product(productId, signal));
        if (product?.productId !== productId) throw oddAnswer(`/products/${productId} is not that product`);
        this.#save([product]);
      } catch (error) {
        // Deleted: what we know of it is still true of its past.
        if (systemCode(error) !== 'smaregi-not-found') throw error;
      }
    }
  }

  /** When one was read last, epoch milliseconds; undefined when none ever was. */
  readLastAt(): number | undefined {
    return this.#options.records.readLastAt();
  }

  /** Reads all products anew. Returns how many there are. */
  async sweep(signal?: AbortSignal): Promise<number> {
    let count = 0;
    for await (const rows of this.#options.smaregi.products({}, signal)) {
      count += this.#save(rows.map(productIn));
    }
    return count;
  }

  #save(products: (Product | undefined)[]): number {
    const { database, records, clock } = this.#options;
    const found = products.filter((product) => product !== undefined);
    const at = clock.now();
    database
      .transaction(() => {
        for (const product of found) records.save(product, at);
      })
      .immediate();
    return found.length;
  }
}
