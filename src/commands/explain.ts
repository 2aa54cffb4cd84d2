import { findStore, loadStores } from '../config/store-map.ts';
import { rowSnapshots } from '../ledger/row-story.ts';
import { exitCode } from '../platform/exit-code.ts';
import { fromIso, showLocal } from '../platform/time-zone.ts';
import { archivedResetRows } from '../snapshot/reset-row-lookup.ts';
import { withLevels } from '../snapshot/row-levels.ts';
import { snapshotLimit, tellStory } from '../status/story-document.ts';
import { destinationNames, signed } from '../status/story-text.ts';
import { type Command, print, withLedger } from './command-line.ts';

type Story = ReturnType<typeof tellStory>;

/** The whole story of one number, as the status page tells it too. */
export function explain(storeName: string, productCode: string): Command {
  return (context) =>
    withLedger(context, async (ledger) => {
      const { database, configuration, folders } = ledger;
      const stores = loadStores(configuration.stores);
      const { storeId } = findStore(storeName, stores);
      const row = { storeId, productCode };
      const rows = archivedResetRows({ folders, stores, columns: configuration.reset.columns });
      const known = rowSnapshots(database, row, snapshotLimit);
      const history = await withLevels(row, known, { ...ledger, rows }, new AbortController().signal);
      const story = tellStory(database, { ...row, stores, settings: configuration, history });
      const { store, facilityId, base, level, postings } = story;
      const events = story.events.map(({ at, text }) => ({ at, text: text.en }));
      print(context, { storeId, facilityId, productCode, events, base, level, postings }, [
        `${store} (store ${storeId}, ${facilityId}), product ${productCode}`,
        ...(postings.length === 0 ? ['No movement is known of it.'] : []),
        ...events.map(({ at, text }) => `${showLocal(fromIso(at), configuration.timeZone)}  ${text}`),
        ...sums(story),
        ...levelLine(story),
      ]);
      return exitCode.done;
    });
}

/** What it comes to, for each destination that has a part in it. */
function sums({ postings, open }: Story): string[] {
  return (['hotwax', 'smaregi'] as const).flatMap((destination) => {
    const its = postings.filter((posting) => posting.destination === destination);
    if (its.length === 0) return [];
    const name = destinationNames[destination].en;
    const sum = its.reduce((total, { quantity }) => total + quantity, 0);
    const left = open.filter((posting) => posting.destination === destination);
    const rest =
      left.length === 0
        ? `All of them are in ${name}.`
        : `Not in ${name} yet: ${left.map(({ id, state }) => `${id} (${state})`).join(', ')}.`;
    return [`${its.length} movements, together ${signed(sum)}. ${rest}`];
  });
}

function levelLine({ base, level }: Story): string[] {
  if (!level) return [];
  const { now, target, inDoubt } = level;
  const doubt =
    inDoubt.length === 0 ? '' : ` Posting ${inDoubt.join(', ')} is in doubt and may count besides.`;
  if (!base) {
    return [
      `No reset of it is known: the OMS should hold what it held before, ${signed(now)} by what was told.${doubt}`,
    ];
  }
  const soon = target === now ? '' : `, and ${target} when everything is told`;
  return [`The OMS should hold ${now} now${soon}.${doubt}`];
}
