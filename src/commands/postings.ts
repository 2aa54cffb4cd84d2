import type { Configuration } from '../config/configuration.ts';
import { loadStores, type Store } from '../config/store-map.ts';
import { varianceReason } from '../hotwax/variance-reason.ts';
import { type ListedPosting, listPostings } from '../ledger/posting-list.ts';
import { exitCode } from '../platform/exit-code.ts';
import { showLocal, toIso } from '../platform/time-zone.ts';
import { type Command, print, table, withLedger } from './command-line.ts';
import { type FilterOptions, filterOf } from './posting-filter.ts';

/** Lists postings, oldest first. */
export function postings(options: FilterOptions & { limit: number }): Command {
  return (context) =>
    withLedger(context, ({ database, configuration }) => {
      const list = listPostings(database, filterOf(options, configuration), options.limit);
      const stores = loadStores(configuration.stores);
      const document = list.map((posting) => toJson(posting, stores, configuration));
      print(context, document, list.length > 0 ? lines(list, configuration.timeZone) : ['No such posting.']);
      return exitCode.done;
    });
}

/** A posting in the words of the outward contract. */
export function toJson(posting: ListedPosting, stores: readonly Store[], configuration: Configuration) {
  const store = stores.find(({ storeId }) => storeId === posting.storeId);
  const { id, key, kind, destination, state, storeId, productCode, quantity, need } = posting;
  return {
    id,
    key,
    kind,
    destination,
    state,
    storeId,
    facilityId: store?.facilityId ?? null,
    idType: configuration.inventory.idType,
    idValue: productCode,
    quantity,
    reason: varianceReason(kind, configuration.oms?.reasons ?? {}),
    recordedAt: toIso(posting.recordedAt),
    need,
    calls: posting.calls.map(({ id: callId, sentAt, multiplicity, outcome, note }) => ({
      id: callId,
      sentAt: toIso(sentAt),
      multiplicity,
      outcome,
      note,
    })),
    postedAt: posting.postedAt === null ? null : toIso(posting.postedAt),
  };
}

function lines(list: readonly ListedPosting[], timeZone: string): string[] {
  const heading = ['ID', 'RECORDED', 'STATE', 'STORE', 'PRODUCT', 'QTY', 'KIND', 'CALLS', 'KEY', 'NOTE'];
  const rows = list.map((posting) => [
    String(posting.id),
    showLocal(posting.recordedAt, timeZone),
    posting.state,
    posting.storeId,
    posting.productCode,
    String(posting.quantity),
    posting.kind,
    String(posting.calls.length),
    posting.key,
    posting.calls.at(-1)?.note ?? '',
  ]);
  return table([heading, ...rows]);
}
