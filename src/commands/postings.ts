import { loadStores } from '../config/store-map.ts';
import { type ListedPosting, listPostings } from '../ledger/posting-list.ts';
import { exitCode } from '../platform/exit-code.ts';
import { showLocal } from '../platform/time-zone.ts';
import { postingDocument } from '../status/posting-document.ts';
import { type Command, print, table, withLedger } from './command-line.ts';
import { type FilterOptions, filterOf } from './posting-filter.ts';

/** People read a screenful; a script wants all, and a document of more would not fit into memory. */
const defaultLimit = { people: 100, scripts: 100_000 };

/** Lists postings, oldest first; says so on standard error when there are more than it shows. */
export function postings(options: FilterOptions & { limit?: number }): Command {
  return (context) =>
    withLedger(context, ({ database, configuration }) => {
      const limit = options.limit ?? (context.json ? defaultLimit.scripts : defaultLimit.people);
      const found = listPostings(database, filterOf(options, configuration), limit + 1);
      const list = found.slice(0, limit);
      const stores = loadStores(configuration.stores);
      const document = list.map((posting) => postingDocument(posting, stores, configuration));
      print(context, document, list.length > 0 ? lines(list, configuration.timeZone) : ['No such posting.']);
      if (found.length > limit) {
        context.err.write(`These are the first ${limit}; there are more: narrow them down, or --limit N.\n`);
      }
      return exitCode.done;
    });
}

function lines(list: readonly ListedPosting[], timeZone: string): string[] {
  const heading = [
    'ID',
    'RECORDED',
    'STATE',
    'STORE',
    'PRODUCT',
    'QTY',
    'KIND',
    'TO',
    'CALLS',
    'KEY',
    'NOTE',
  ];
  const rows = list.map((posting) => [
    String(posting.id),
    showLocal(posting.recordedAt, timeZone),
    posting.state,
    posting.storeId,
    posting.productCode,
    String(posting.quantity),
    posting.kind,
    posting.destination,
    String(posting.calls.length),
    posting.key,
    posting.calls.at(-1)?.note ?? '',
  ]);
  return table([heading, ...rows]);
}
