import { findStore, loadStores } from '../config/store-map.ts';
import { exitCode } from '../platform/exit-code.ts';
import { fromIso, showLocal } from '../platform/time-zone.ts';
import { archivedResetRows } from '../snapshot/reset-row-lookup.ts';
import { explainRow } from '../status/row-explanation.ts';
import { type Command, print, withLedger } from './command-line.ts';

/** The whole story of one number, as the status page tells it too. */
export function explain(storeName: string, productCode: string): Command {
  return (context) =>
    withLedger(context, async (ledger) => {
      const { configuration, folders } = ledger;
      const stores = loadStores(configuration.stores);
      const { storeId } = findStore(storeName, stores);
      const rows = archivedResetRows({ folders, stores, columns: configuration.reset.columns });
      const sources = { ...ledger, rows, stores, settings: configuration };
      const story = await explainRow(sources, { storeId, productCode }, new AbortController().signal);
      const { store, facilityId, base, level, postings, conclusion } = story;
      const events = story.events.map(({ at, text }) => ({ at, text: text.en }));
      print(context, { storeId, facilityId, productCode, events, base, level, postings }, [
        `${store} (store ${storeId}, ${facilityId}), product ${productCode}`,
        ...(postings.length === 0 ? ['No movement is known of it.'] : []),
        ...events.map(({ at, text }) => `${showLocal(fromIso(at), configuration.timeZone)}  ${text}`),
        ...conclusion.map(({ en }) => en),
      ]);
      return exitCode.done;
    });
}
