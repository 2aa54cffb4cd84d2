import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import { createOmsClient, type OmsSettings } from '../hotwax/oms-client.ts';
import type { Clock } from '../platform/clock.ts';
import type { Held, HeldByProduct, HeldLevels } from './held-levels.ts';

/** Reads the levels from the OMS, so many products at a time and not faster than configured. */
export function omsLevels(options: {
  oms: OmsSettings;
  reconcile: Configuration['reconcile'];
  stores: readonly Store[];
  clock: Clock;
}): HeldLevels {
  const { oms, reconcile, stores, clock } = options;
  const client = createOmsClient({ oms: { ...oms, baseUrl: reconcile.baseUrl ?? oms.baseUrl }, clock });
  const byFacility = new Map(
    stores
      .filter(({ kind }) => kind !== 'warehouse')
      .map((store) => [store.facilityId || store.externalFacilityId, store.storeId]),
  );
  const restMs = reconcile.requestsPerSecond === null ? 0 : 1000 / reconcile.requestsPerSecond;
  let nextAt = Number.NEGATIVE_INFINITY;
  return {
    source: 'oms',
    batchSize: reconcile.batchSize,
    async of(products) {
      const waitMs = nextAt - clock.now();
      if (waitMs > 0) await clock.sleep(waitMs);
      const readAt = clock.now();
      nextAt = readAt + restMs;
      const answer = await client.shippingInventory(products, reconcile.productStoreId);
      const held: HeldByProduct = new Map(
        answer.map(({ idValue, facilities }) => {
          const rows = facilities.flatMap(({ facilityId, quantity, reason }): [string, Held][] => {
            const storeId = byFacility.get(facilityId);
            return storeId === undefined ? [] : [[storeId, { quantity, reason }]];
          });
          return [idValue, new Map(rows)];
        }),
      );
      return { held, readAt };
    },
    others: () => [], // the OMS answers for all facilities of a product, but only for products that it is asked about
    close: () => client.close(),
  };
}
