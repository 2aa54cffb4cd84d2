import type { Store, StoreKind } from '../../src/config/store-map.ts';

/** A store of the store map, by its number. */
export function store(storeId: string, name: string, kind: StoreKind = 'store'): Store {
  return {
    storeId,
    storeCode: `S${storeId.padStart(2, '0')}`,
    name,
    facilityId: `CAP_${name.toUpperCase()}`,
    externalFacilityId: storeId,
    locationSeqId: 'TLTLTLLL01',
    kind,
    online: kind === 'store',
  };
}

export const smallRetailer: Store[] = [
  store('1', 'harajuku'),
  store('3', 'shibuya'),
  store('30', 'gotemba', 'outlet'),
  store('90', 'kawasaki', 'warehouse'),
];
