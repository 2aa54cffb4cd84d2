import { findStore, loadStores } from '../config/store-map.ts';
import { type ListedPosting, listPostings } from '../ledger/posting-list.ts';
import { storyOf } from '../ledger/story.ts';
import { exitCode } from '../platform/exit-code.ts';
import { showLocal, toIso } from '../platform/time-zone.ts';
import { postingDocument } from '../status/posting-document.ts';
import { destinationNames, signed, storyText } from '../status/story-text.ts';
import { type Command, print, withLedger } from './command-line.ts';

/** More would not be a story. */
const limit = 10_000;

/** The whole story of one number: every movement of a store and product, and what was told of it, in order of time. */
export function explain(storeName: string, productCode: string): Command {
  return (context) =>
    withLedger(context, ({ database, configuration }) => {
      const stores = loadStores(configuration.stores);
      const store = findStore(storeName, stores);
      const postings = listPostings(database, { storeId: store.storeId, productCode }, limit);
      const events = storyOf(postings).map((event) => ({ at: event.at, text: storyText(event).en }));
      print(
        context,
        {
          storeId: store.storeId,
          facilityId: store.facilityId,
          productCode,
          events: events.map(({ at, text }) => ({ at: toIso(at), text })),
          postings: postings.map((posting) => postingDocument(posting, stores, configuration)),
        },
        [
          `${store.name} (store ${store.storeId}, ${store.facilityId}), product ${productCode}`,
          ...(events.length === 0 ? ['No movement is known of it.'] : []),
          ...events.map(({ at, text }) => `${showLocal(at, configuration.timeZone)}  ${text}`),
          ...sums(postings),
        ],
      );
      return exitCode.done;
    });
}

/** What it comes to, for each destination that has a part in it. */
function sums(postings: readonly ListedPosting[]): string[] {
  return (['hotwax', 'smaregi'] as const).flatMap((destination) => {
    const its = postings.filter((posting) => posting.destination === destination);
    if (its.length === 0) return [];
    const name = destinationNames[destination].en;
    const sum = its.reduce((total, { quantity }) => total + quantity, 0);
    const open = its.filter(({ state }) => state !== 'posted' && state !== 'absorbed');
    const rest =
      open.length === 0
        ? `All of them are in ${name}.`
        : `Not in ${name} yet: ${open.map(({ id, state }) => `${id} (${state})`).join(', ')}.`;
    return [`${its.length} movements, together ${signed(sum)}. ${rest}`];
  });
}
