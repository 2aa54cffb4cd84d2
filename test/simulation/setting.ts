import type { Configuration } from '../../src/config/configuration.ts';
import { configurationSchema } from '../../src/config/schema.ts';

/** How a retailer of the simulation has set Flagship up. */
export interface Setting {
  /** Whence sales come: from files of transactions; or from Smaregi's API, and then orders are packed as well. */
  sales: 'files' | 'stock-changes';
  /** What the OMS sets to what a Reset CSV says: what it has, or what it has and is not reserved. */
  resetBy: 'on-hand' | 'available';
  confirm: 'schedule' | 'pickup' | 'data-manager';
  /** Calls under way at once. */
  concurrency: number;
  /** Above so many due movements, those of one row and kind go out as one call. */
  coalesceAbove: number;
  /** The longest way to the OMS, and back, in milliseconds: where it is near, calls are recorded ahead. */
  longestMs: number;
}

/** When every history begins. */
export const openingAt = Date.UTC(2026, 10, 24, 3, 0, 0);

export const timeZone = 'Asia/Tokyo';

const { reset: defaults } = configurationSchema.parse({
  delivery: { type: 'folder', directory: 'incoming' },
});

/** The defaults of the configuration, but for how a reset is confirmed. */
export function resetRules(confirm: Setting['confirm']): Configuration['reset'] {
  return { ...defaults, confirm };
}
