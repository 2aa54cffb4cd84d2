import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import { lastTimeOfDay, weekdayOf } from '../platform/time-zone.ts';

type OpeningHours = Configuration['alarms']['openingHours'];

/**
 * Since when a store has been open, in epoch milliseconds; undefined when it is closed now, or nobody said when it is
 * open.
 */
export function openSince(
  store: Pick<Store, 'storeId' | 'kind'>,
  hours: OpeningHours,
  now: number,
  timeZone: string,
): number | undefined {
  if (store.kind === 'warehouse') return undefined;
  const own = hours.stores[store.storeId];
  const today = own === undefined ? hours.every : own;
  if (today === null) return undefined;
  const opened = lastTimeOfDay(now, today.from, timeZone);
  if (lastTimeOfDay(now, today.to, timeZone) > opened) return undefined;
  return today.days.includes(weekdayOf(opened, timeZone)) ? opened : undefined;
}
