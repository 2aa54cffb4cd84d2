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

/** A 13-digit code of its own for every number. */
export function benchProduct(number: number): string {
  return String(4_900_000_000_000 + number);
}
