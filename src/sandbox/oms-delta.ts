import type { Levels } from './levels.ts';
import type { OmsRecords } from './oms-records.ts';

export type DeltaResult = { applied: true } | { applied: false; message: string };

/** The variance reasons that an OMS is installed with. CYCLE_COUNT and VAR_EXT_RESET are not among them. */
export const seededReasons: readonly string[] = [
  'POS_SALE',
  'VAR_MANUAL',
  'VAR_DAMAGED',
  'VAR_LOST',
  'VAR_FOUND',
  'VAR_STOLEN',
  'VAR_INTEGR',
  'VAR_SAMPLE',
  'VAR_MISSHIP_ORDERED',
  'VAR_MISSHIP_SHIPPED',
  'MISMATCH',
  'NOT_IN_STOCK',
  'REJ_RSN_DAMAGED',
  'WORN_DISPLAY',
  'NO_VARIANCE_LOG',
  'INACTIVE_STORE',
];

/** Adds one delta to the levels as `updateInventoryByIdentification` does, or says why not. */
export function applyDelta(
  input: Record<string, unknown>,
  { levels, records, reasons }: { levels: Levels; records: OmsRecords; reasons: ReadonlySet<string> },
  at: number,
): DeltaResult {
  const text = (name: string) => (typeof input[name] === 'string' ? (input[name] as string) : '');
  const refuse = (message: string): DeltaResult => ({ applied: false, message });
  const facilityId = levels.facility(text('facilityId'), text('externalFacilityId'));
  if (facilityId === undefined) {
    return refuse(
      `Could not find facility with ID ${text('facilityId')} / external ID ${text('externalFacilityId')}`,
    );
  }
  const product = { idType: text('idType'), idValue: text('idValue') };
  if (!levels.knows(product)) {
    return refuse(`Could not find product with ident type ${product.idType} and value ${product.idValue}`);
  }
  if (text('locationSeqId') === '')
    return refuse('The following required parameter is missing: locationSeqId');
  const varianceReasonId = text('varianceReasonId');
  if (!reasons.has(varianceReasonId)) {
    return refuse(`A foreign key of InventoryItemVariance is broken: varianceReasonId ${varianceReasonId}`);
  }
  const quantity = Number(input.availableDelta ?? Number.NaN);
  if (!Number.isFinite(quantity)) return refuse(`availableDelta is not a number: ${input.availableDelta}`);
  levels.set(facilityId, product, levels.get(facilityId, product) + quantity);
  const comments = text('comments');
  records.addVariance({ facilityId, ...product, quantity, varianceReasonId, comments, at });
  return { applied: true };
}
