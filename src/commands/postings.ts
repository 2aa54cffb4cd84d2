import { loadStores } from '../config/store-map.ts';
import { type ListedPosting, listPostings } from '../ledger/posting-list.ts';
import { exitCode } from '../platform/exit-code.ts';
import { showLocal } from '../platform/time-zone.ts';
import { postingDocument } from '../status/posting-document.ts';
import { type Command, print, table, withLedger } from './command-line.ts';
import { type FilterOptions, filterOf } from './posting-filter.ts';

/** Lists postings, oldest first. */
export function postings(options: FilterOptions & { limit: number }): Command {
  return (context) =>
    withLedger(context, ({ database, configuration }) => {
      const list = listPostings(database, filterOf(options, configuration), options.limit);
      const stores = loadStores(configuration.stores);
      const document = list.map((posting) => postingDocument(posting, stores, configuration));
      print(context, document, list.length > 0 ? lines(list, configuration.timeZone) : ['No such posting.']);
      return exitCode.done;
    });
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
