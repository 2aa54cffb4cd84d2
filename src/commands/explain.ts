import { findStore, loadStores } from '../config/store-map.ts';
import { listPostings } from '../ledger/posting-list.ts';
import { storyOf } from '../ledger/story.ts';
import { exitCode } from '../platform/exit-code.ts';
import { showLocal, toIso } from '../platform/time-zone.ts';
import { postingDocument } from '../status/posting-document.ts';
import { signed, storyText } from '../status/story-text.ts';
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
      const sum = postings.reduce((total, { quantity }) => total + quantity, 0);
      const open = postings.filter(({ state }) => state !== 'posted' && state !== 'absorbed');
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
          `${postings.length} movements, together ${signed(sum)}. ` +
            (open.length === 0
              ? 'All of them are in the OMS.'
              : `Not in the OMS yet: ${open.map(({ id, state }) => `${id} (${state})`).join(', ')}.`),
        ],
      );
      return exitCode.done;
    });
}
