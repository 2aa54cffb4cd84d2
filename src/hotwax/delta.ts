/** A signed change of one product's stock in one facility, as the OMS is told it. */
export interface Delta {
  facilityId: string;
  externalFacilityId: string;
  locationSeqId: string;
  idType: string;
  idValue: string;
  quantity: number;
  varianceReasonId: string;
}

/** Which of a store's two ids the OMS is told (`oms.facility`). */
export type FacilityField = 'facilityId' | 'externalFacilityId';

/**
 * The body of `updateInventoryByIdentification`. Only one of the two facility ids goes out: the service knows both
 * names, and one that it must not look at could contradict the other.
 */
export function deltaBody(delta: Delta, facility: FacilityField): Record<string, string | number> {
  return {
    [facility]: delta[facility],
    availableDelta: delta.quantity,
    idType: delta.idType,
    idValue: delta.idValue,
    locationSeqId: delta.locationSeqId,
    varianceReasonId: delta.varianceReasonId,
  };
}
