import type { Store } from '../config/store-map.ts';
import { damage } from '../csv/decode.ts';
import { unguardFormula } from '../csv/formula-guard.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import { type FulfilledLayout, fulfilledLayoutOf } from '../hotwax/fulfilled-columns.ts';
import type { PackedTotal } from '../ledger/packing.ts';
import { FeedRefusal } from './feed-refusal.ts';
import { type PackedRejection, type PackedRow, PackedRows } from './packed-row.ts';

/** All rows of one order, store and product, and their sum. */
export interface PackedGroup {
  total: PackedTotal;
  rows: { line: number; cells: string[] }[];
}

export interface FulfilledReadingOptions {
  stores: readonly Store[];
  onHeader: (width: number) => void;
  reject: (line: number, reason: PackedRejection, cells: string[], header: string[]) => void;
}

/**
 * The records of one file of the store-fulfilled feed, in order, to totals. Identical rows are units of their own:
 * the OMS writes one row for each.
 */
export class FulfilledReading {
  readonly #options: FulfilledReadingOptions;
  readonly #groups = new Map<string, PackedGroup>();
  #header: { layout: FulfilledLayout; rows: PackedRows } | undefined;
  /** Rows below the header. */
  rows = 0;

  constructor(options: FulfilledReadingOptions) {
    this.#options = options;
  }

  /** @throws FeedRefusal when no header came */
  get layout(): FulfilledLayout {
    if (!this.#header) throw new FeedRefusal('empty', 'The file is empty.');
    return this.#header.layout;
  }

  /** In the order in which their first rows stand in the file. */
  get groups(): Iterable<PackedGroup> {
    return this.#groups.values();
  }

  /** @throws FeedRefusal when the first record is no header */
  take(record: CsvRecord): void {
    if (!this.#header) {
      this.#begin(record.cells);
      return;
    }
    const { layout, rows } = this.#header;
    this.rows += 1;
    const cells = layout.correction ? record.cells.slice(2).map(unguardFormula) : record.cells;
    const verdict = rows.decide({ ...record, cells });
    if (typeof verdict === 'string') this.#options.reject(record.line, verdict, cells, layout.header);
    else this.#add(verdict, record.line, cells);
  }

  #begin(cells: string[]): void {
    const found = fulfilledLayoutOf(cells);
    if (!('layout' in found)) throw refusal(cells, found);
    const { layout } = found;
    this.#header = { layout, rows: new PackedRows(layout, this.#options.stores) };
    this.#options.onHeader(layout.header.length + (layout.correction ? 2 : 0));
  }

  #add(row: PackedRow, line: number, cells: string[]): void {
    const key = `${row.orderId}\n${row.storeId}\n${row.productCode}`;
    const group = this.#groups.get(key) ?? { total: { ...row, quantity: 0 }, rows: [] };
    group.total.quantity += row.quantity;
    group.rows.push({ line, cells });
    this.#groups.set(key, group);
  }
}

function refusal(cells: string[], { named, missing }: { named: number; missing: string[] }): FeedRefusal {
  if (cells.some((cell) => cell.includes(damage))) {
    return new FeedRefusal(
      'bad-encoding',
      'The first row holds bytes that are no characters. Save the file as UTF-8.',
    );
  }
  const found = cells.join(', ').slice(0, 600);
  return named > 0
    ? new FeedRefusal('missing-column', `The header lacks ${missing.join(', ')}. Its columns: ${found}.`)
    : new FeedRefusal(
        'no-header',
        `The first row must name Order Id, Product Id, Facility Id and Quantity, in any spelling. It is: ${found}`,
      );
}
