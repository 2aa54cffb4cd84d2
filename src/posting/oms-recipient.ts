import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import type { OmsClient } from '../hotwax/oms-client.ts';
import { varianceReason } from '../hotwax/variance-reason.ts';
import type { CallPlan } from './call-plan.ts';
import type { Recipient } from './recipient.ts';

export interface OmsRecipientOptions {
  oms: Pick<OmsClient, 'adjust'>;
  settings: Pick<NonNullable<Configuration['oms']>, 'concurrency' | 'reasons' | 'coalesceAbove'>;
  idType: string;
  stores: readonly Store[];
}

/** The OMS: each movement, or the sum of a row's backlog, is one delta under its variance reason. */
export function omsRecipient({ oms, settings, idType, stores }: OmsRecipientOptions): Recipient {
  const byId = new Map(stores.map((store) => [store.storeId, store]));
  const storeOf = ({ movements }: CallPlan) => byId.get(movements[0]?.storeId ?? '');
  const reasonOf = ({ kind }: CallPlan) => varianceReason(kind, settings.reasons);
  return {
    destination: 'hotwax',
    name: 'the OMS',
    unauthorisedCode: 'oms-unauthorised',
    concurrency: settings.concurrency,
    coalesceAbove: settings.coalesceAbove,
    reasonOf,
    refusalOf: (plan) =>
      storeOf(plan) ? undefined : `store ${plan.movements[0]?.storeId} is not in the store map; not sent`,
    async tell(plan, onWritten) {
      const store = storeOf(plan);
      if (!store) return { outcome: { kind: 'refused', note: 'no such store' } };
      const delta = {
        facilityId: store.facilityId,
        externalFacilityId: store.externalFacilityId,
        locationSeqId: store.locationSeqId,
        idType,
        idValue: plan.movements[0]?.productCode ?? '',
        quantity: plan.quantity,
        varianceReasonId: reasonOf(plan),
      };
      return { outcome: await oms.adjust(delta, onWritten) };
    },
  };
}
