import { findStore, loadStores } from '../config/store-map.ts';
import { exitCode } from '../platform/exit-code.ts';
import { fromIso, showLocal } from '../platform/time-zone.ts';
import { tellStory } from '../status/story-document.ts';
import { signed } from '../status/story-text.ts';
import { type Command, print, withLedger } from './command-line.ts';

/** The whole story of one number, as the status page tells it too. */
export function explain(storeName: string, productCode: string): Command {
  return (context) =>
    withLedger(context, ({ database, configuration }) => {
      const stores = loadStores(configuration.stores);
      const { storeId } = findStore(storeName, stores);
      const story = tellStory(database, { storeId, productCode, stores, settings: configuration });
      const { store, facilityId, open, movements, sum } = story;
      const events = story.events.map(({ at, text }) => ({ at, text: text.en }));
      print(context, { storeId, facilityId, productCode, events, postings: story.postings }, [
        `${store} (store ${storeId}, ${facilityId}), product ${productCode}`,
        ...(events.length === 0 ? ['No movement is known of it.'] : []),
        ...events.map(({ at, text }) => `${showLocal(fromIso(at), configuration.timeZone)}  ${text}`),
        `${movements} movements, together ${signed(sum)}. ` +
          (open.length === 0
            ? 'All of them are in the OMS.'
            : `Not in the OMS yet: ${open.map(({ id, state }) => `${id} (${state})`).join(', ')}.`),
      ]);
      return exitCode.done;
    });
}
