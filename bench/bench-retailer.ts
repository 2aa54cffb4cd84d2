import type { Store } from '../src/config/store-map.ts';

export const benchStore: Store = {
  storeId: '1',
  storeCode: 'TK01',
  name: '原宿店',
  facilityId: 'HARAJUKU',
  externalFacilityId: '1',
  locationSeqId: 'TLTLTLLL01',
  kind: 'store',
  online: true,
};

/** So many stores, numbered from 1; the first is {@link benchStore}. */
export function benchStores(count: number): Store[] {
  return Array.from({ length: count }, (_, n) => {
    const number = String(n + 1);
    if (n === 0) return benchStore;
    return {
      ...benchStore,
      storeId: number,
      storeCode: `TK${number}`,
      name: `店舗${number}`,
      facilityId: `F${number}`,
      externalFacilityId: number,
    };
  });
}

/** A 13-digit code of its own for every number. */
export function benchProduct(number: number): string {
  return String(4_900_000_000_000 + number);
}
