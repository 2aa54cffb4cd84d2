import type { Store } from '../config/store-map.ts';

/** The columns of the OMS's inventory variance import, in its own order. */
export const varianceColumns = [
  'facilityId',
  'externalFacilityId',
  'idType',
  'idValue',
  'availableDelta',
  'locationSeqId',
  'varianceReasonId',
  'comments',
] as const;

/** One change of stock for a person to upload; `delta` is signed. */
export function varianceRow(
  store: Pick<Store, 'facilityId' | 'externalFacilityId' | 'locationSeqId'>,
  change: { idType: string; idValue: string; delta: number; reason: string; comments: string },
): string[] {
  const { idType, idValue, delta, reason, comments } = change;
  const { facilityId, externalFacilityId, locationSeqId } = store;
  return [facilityId, externalFacilityId, idType, idValue, String(delta), locationSeqId, reason, comments];
}

/** Where a person uploads a file to the OMS by hand, under its documented addresses. */
export function uploadPage(baseUrl: string, kind: 'variance' | 'reset'): string {
  const page =
    kind === 'variance'
      ? '/commerce/control/ShopifyImportData?configId=IMP_INV_VAR_SHOPIFY'
      : '/commerce/control/ImportData?configId=RESET_INVENTORY';
  return new URL(baseUrl).origin + page;
}
