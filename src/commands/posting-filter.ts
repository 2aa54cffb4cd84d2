import type { Configuration } from '../config/configuration.ts';
import { findStore, loadStores } from '../config/store-map.ts';
import type { PostingFilter } from '../ledger/posting-list.ts';
import { type PostingState, postingStates } from '../ledger/posting-state.ts';
import { Problem } from '../platform/problem.ts';
import { parseMoment } from '../platform/time-zone.ts';

/** The filters of `postings` and `replay`, as they come from the command line. */
export interface FilterOptions {
  state?: string;
  store?: string;
  product?: string;
  transaction?: string;
  since?: string;
  until?: string;
}

/** @throws Problem `usage` naming what cannot be understood */
export function filterOf(options: FilterOptions, configuration: Configuration): PostingFilter {
  const moment = (option: string, text: string | undefined) =>
    text === undefined ? undefined : momentOf(option, text, configuration.timeZone);
  return {
    states: options.state === undefined ? undefined : options.state.split(',').map(stateOf),
    storeId:
      options.store === undefined
        ? undefined
        : findStore(options.store, loadStores(configuration.stores)).storeId,
    productCode: options.product,
    transactionId: options.transaction,
    since: moment('since', options.since),
    until: moment('until', options.until),
  };
}

/** The moment given to an option, epoch milliseconds. @throws Problem `usage` */
export function momentOf(option: string, text: string, timeZone: string): number {
  const at = parseMoment(text, timeZone);
  if (at !== undefined) return at;
  throw new Problem(
    'usage',
    `--${option} ${text} is no moment.`,
    `Write 2026-11-24, "2026-11-24 05:30" (in ${timeZone}) or 2026-11-23T20:30:00Z.`,
  );
}

function stateOf(text: string): PostingState {
  const state = postingStates.find((known) => known === text.trim());
  if (state) return state;
  throw new Problem('usage', `There is no state "${text}".`, `States: ${postingStates.join(', ')}.`);
}
