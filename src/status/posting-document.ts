import type { Store } from '../config/store-map.ts';
import { varianceReason } from '../hotwax/variance-reason.ts';
import { type ReasonSettings, reasonsOf } from '../ledger/movement-reasons.ts';
import type { ListedPosting } from '../ledger/posting-list.ts';
import { toIso } from '../platform/time-zone.ts';

/** A posting in the words of the outward contract. */
export function postingDocument(
  posting: ListedPosting,
  stores: readonly Store[],
  configuration: { inventory: { idType: string } } & ReasonSettings,
) {
  const store = stores.find(({ storeId }) => storeId === posting.storeId);
  const { id, key, kind, destination, state, storeId, productCode, quantity, need } = posting;
  return {
    id,
    key,
    kind,
    destination,
    state,
    storeId,
    facilityId: store?.facilityId ?? null,
    idType: configuration.inventory.idType,
    idValue: productCode,
    quantity,
    // Smaregi asks for no reason.
    reason: destination === 'hotwax' ? varianceReason(kind, reasonsOf(configuration)) : kind,
    recordedAt: toIso(posting.recordedAt),
    need,
    calls: posting.calls.map(({ id: callId, sentAt, multiplicity, outcome, note }) => ({
      id: callId,
      sentAt: toIso(sentAt),
      multiplicity,
      outcome,
      note,
    })),
    postedAt: posting.postedAt === null ? null : toIso(posting.postedAt),
  };
}
