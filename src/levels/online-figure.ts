import type { Store } from '../config/store-map.ts';
import type { ExpectedRow } from './expected-levels.ts';

/** The consolidated online figure of one product. */
export interface OnlineFigure {
  productCode: string;
  /** The sum over the stores that take part. */
  quantity: number;
  /** How much of it the OMS has not been told yet. */
  open: number;
  stores: { storeId: string; facilityId: string; quantity: number }[];
}

/** Whether a store's stock counts for the web shop: an outlet's never does. */
export function isOnline({ online, kind }: Pick<Store, 'online' | 'kind'>): boolean {
  return online && kind === 'store';
}

/** The figures of whole products, from their rows; a product that no such store has is left out. Pure. */
export function onlineFigures(
  rows: readonly Pick<ExpectedRow, 'productCode' | 'storeId' | 'target' | 'now'>[],
  stores: ReadonlyMap<string, Store>,
): OnlineFigure[] {
  const figures = new Map<string, OnlineFigure>();
  for (const { productCode, storeId, target, now } of rows) {
    const store = stores.get(storeId);
    if (!store || !isOnline(store)) continue;
    const figure = figures.get(productCode) ?? { productCode, quantity: 0, open: 0, stores: [] };
    figures.set(productCode, figure);
    figure.quantity += target;
    figure.open += target - now;
    const facilityId = store.facilityId || store.externalFacilityId;
    figure.stores.push({ storeId, facilityId, quantity: target });
  }
  return [...figures.values()];
}
