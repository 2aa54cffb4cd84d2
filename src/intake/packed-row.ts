import type { Store } from '../config/store-map.ts';
import { damage } from '../csv/decode.ts';
import { hasWidth } from '../csv/record-cells.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import type { FulfilledLayout } from '../hotwax/fulfilled-columns.ts';
import { isProductCode } from '../smaregi/product-code.ts';
import { parseQuantity } from '../smaregi/quantity.ts';

/** Why a row of the store-fulfilled feed is not taken. */
export type PackedRejection =
  | 'no-order-id'
  | 'unknown-facility'
  | 'warehouse'
  | 'no-product-code'
  | 'bad-product-code'
  | 'bad-quantity'
  | 'packed-is-final'
  | 'column-count'
  | 'bad-quote'
  | 'bad-encoding';

/** So many units of a product were packed for an order in a store. */
export interface PackedRow {
  orderId: string;
  storeId: string;
  productCode: string;
  /** Above zero. */
  quantity: number;
}

/** A longer one is no order's name, but a line that lost its separators. */
const maxOrderIdChars = 100;

/** Decides about rows of one file; pure but for the store map it was made with. */
export class PackedRows {
  readonly #layout: FulfilledLayout;
  readonly #stores: ReadonlyMap<string, Store>;

  constructor(layout: FulfilledLayout, stores: readonly Store[]) {
    this.#layout = layout;
    this.#stores = new Map(
      stores
        .filter(({ externalFacilityId }) => externalFacilityId !== '')
        .map((store) => [store.externalFacilityId, store]),
    );
  }

  decide({ cells, fault }: Pick<CsvRecord, 'cells' | 'fault'>): PackedRow | PackedRejection {
    const { header, columns } = this.#layout;
    if (fault) return fault;
    if (cells.some((cell) => cell.includes(damage))) return 'bad-encoding';
    if (!hasWidth(cells, header.length)) return 'column-count';
    const cell = (column: number) => (cells[column] ?? '').trim();
    const orderId = cell(columns.orderId);
    if (orderId === '' || orderId.length > maxOrderIdChars) return 'no-order-id';
    const store = this.#stores.get(cell(columns.facilityId));
    if (!store) return 'unknown-facility';
    if (store.kind === 'warehouse') return 'warehouse';
    const productCode = cell(columns.productId);
    if (productCode === '') return 'no-product-code';
    if (!isProductCode(productCode)) return 'bad-product-code';
    const quantity = parseQuantity(cell(columns.quantity));
    if (quantity === undefined) return 'bad-quantity';
    // Nothing ever raises stock again on account of a packed order.
    if (quantity <= 0) return 'packed-is-final';
    return { orderId, storeId: store.storeId, productCode, quantity };
  }
}
