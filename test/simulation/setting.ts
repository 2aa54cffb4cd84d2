import type { Configuration } from '../../src/config/configuration.ts';
import { configurationSchema } from '../../src/config/schema.ts';

/** How a retailer of the simulation has set Flagship up. */
export interface Setting {
  confirm: 'schedule' | 'pickup' | 'data-manager';
  /** Calls under way at once. */
  concurrency: number;
  /** Above so many due movements, those of one row and kind go out as one call. */
  coalesceAbove: number;
}

export const timeZone = 'Asia/Tokyo';

const { reset: defaults } = configurationSchema.parse({
  delivery: { type: 'folder', directory: 'incoming' },
});

/** The defaults of the configuration, but for how a reset is confirmed. */
export function resetRules(confirm: Setting['confirm']): Configuration['reset'] {
  return { ...defaults, confirm };
}
