import { compactLocal } from '../platform/time-zone.ts';

/** The name of a Reset CSV: `reset_inventory_20261124_030000.csv` for a snapshot taken then, in `timeZone`. */
export function resetFileName(takenAtMs: number, timeZone: string): string {
  return `reset_inventory_${compactLocal(takenAtMs, timeZone)}.csv`;
}
