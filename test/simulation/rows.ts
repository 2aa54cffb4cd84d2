import type { Store } from '../../src/config/store-map.ts';
import { store } from '../support/small-retailer.ts';

/** The retailer of every history: two stores that sell two caps. */
export const stores: readonly Store[] = [store('1', 'harajuku'), store('3', 'shibuya')];

export const products = [
  { productId: '1001', productCode: '4900000000011' },
  { productId: '1002', productCode: '4900000000028' },
];

/** One number that two systems must agree on. */
export interface Row {
  storeId: string;
  facilityId: string;
  productCode: string;
  /** Smaregi's number of the product. */
  productId: string;
  /** For people: `harajuku/28`. */
  name: string;
}

export const rows: readonly Row[] = stores.flatMap(({ storeId, facilityId, name }) =>
  products.map(({ productId, productCode }) => ({
    storeId,
    facilityId,
    productCode,
    productId,
    name: `${name}/${productCode.slice(-2)}`,
  })),
);

/** The row with this number; every number names one. */
export function rowAt(index: number): Row {
  return rows[index % rows.length] as Row;
}

export function rowOf(place: { storeId: string; productCode: string }): Row {
  const found = rows.find(
    ({ storeId, productCode }) => storeId === place.storeId && productCode === place.productCode,
  );
  if (!found) throw new Error(`no such row: ${place.storeId} ${place.productCode}`);
  return found;
}
