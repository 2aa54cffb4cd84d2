import type { Store } from '../config/store-map.ts';
import type { Logger } from '../platform/logger.ts';
import { isProductCode } from '../smaregi/product-code.ts';
import type { StockRow } from '../smaregi/smaregi-client.ts';
import type { Products } from './products.ts';

/** A row of stock by the names that the ledger knows it under. */
export interface RowName {
  storeId: string;
  productCode: string;
}

/** Why stock is not followed. */
export type LeftOut = 'warehouse' | 'unknown-store' | 'not-managed' | 'unknown-product' | 'bad-product-code';

/** Which of Smaregi's rows of stock concern the OMS, and under which names. */
export class RowNames {
  readonly #stores: ReadonlyMap<string, Store>;
  readonly #products: Pick<Products, 'byId'>;
  readonly #log: Logger;
  readonly #said = new Set<string>();
  /** How often stock was left out, by reason. */
  readonly leftOut: Partial<Record<LeftOut, number>> = {};

  constructor(options: { stores: readonly Store[]; products: Pick<Products, 'byId'>; log: Logger }) {
    this.#stores = new Map(options.stores.map((store) => [store.storeId, store]));
    this.#products = options.products;
    this.#log = options.log;
  }

  /** Undefined for what is left out; says once why, where a person could mend it. Throws what reads throw. */
  async of({ storeId, productId }: StockRow, signal?: AbortSignal): Promise<RowName | undefined> {
    const store = this.#stores.get(storeId);
    if (!store) return this.#leave('unknown-store', `store ${storeId} is not in the store map`);
    // A warehouse is expected every day; its stock is never the OMS's business.
    if (store.kind === 'warehouse') return this.#leave('warehouse');
    const product = await this.#products.byId(productId, signal);
    if (!product) return this.#leave('unknown-product', `Smaregi has no product ${productId} any more`);
    if (!product.managed) return this.#leave('not-managed');
    const { productCode } = product;
    if (!isProductCode(productCode)) {
      const what = `the code of product ${productId} cannot be sent: "${productCode}"`;
      return this.#leave('bad-product-code', what);
    }
    return { storeId, productCode };
  }

  #leave(reason: LeftOut, what?: string): undefined {
    this.leftOut[reason] = (this.leftOut[reason] ?? 0) + 1;
    if (what === undefined || this.#said.has(what)) return;
    this.#said.add(what);
    this.#log.warn({ code: 'stock-left-out', reason }, `stock is left out: ${what}`);
  }
}
