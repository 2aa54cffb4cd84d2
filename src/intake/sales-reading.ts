import type { Store } from '../config/store-map.ts';
import { unguardFormula } from '../csv/formula-guard.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import type { SalesTally } from '../recording/sales-tally.ts';
import type { TransactionLayout } from '../smaregi/transaction-columns.ts';
import { type LineRejection, type TransactionLine, TransactionLines } from '../smaregi/transaction-line.ts';
import type { CsvOutput } from './csv-output.ts';
import { RejectedRows } from './rejected-rows.ts';
import { SalesHeaderSearch } from './sales-header.ts';

export interface SalesReadingOptions {
  stores: Store[];
  /** When the file was made, in epoch milliseconds. */
  fileAt: number;
  timeZone: string;
  rejected: CsvOutput;
  tally: SalesTally;
  onHeader: (width: number) => void;
}

/** What a rejected row leaves unknown: its transaction, or which transaction it even belongs to. */
export type Gap = { transactionId: string } | 'anywhere';

/** The records of one sales file, in order, to lines for the ledger and a file of rejections. */
export class SalesReading {
  readonly #options: SalesReadingOptions;
  readonly #rejected: RejectedRows;
  readonly #search = new SalesHeaderSearch();
  #header: { layout: TransactionLayout; lines: TransactionLines } | undefined;
  /** The transaction of the last row, and which of its lines were read. */
  #run = { transactionId: '', lineIds: new Set<string>() };

  constructor(options: SalesReadingOptions) {
    this.#options = options;
    this.#rejected = new RejectedRows(options.rejected);
  }

  /** The layout of the file. @throws FeedRefusal when no header came */
  get layout(): TransactionLayout {
    if (!this.#header) throw this.#search.refusal();
    return this.#header.layout;
  }

  /** A line, a gap where a row is rejected, or nothing. @throws FeedRefusal when the header is missing */
  take(record: CsvRecord): TransactionLine | Gap | undefined {
    if (!this.#header) {
      this.#begin(this.#search.offer(record.cells));
      return undefined;
    }
    const { layout, lines } = this.#header;
    const { tally } = this.#options;
    tally.countLine();
    const cells = layout.correction ? record.cells.slice(2).map(unguardFormula) : record.cells;
    const verdict = lines.decide({ ...record, cells });
    switch (verdict.outcome) {
      case 'total':
        tally.countLeftOut('total');
        return undefined;
      case 'left-out':
        tally.countLeftOut(verdict.reason);
        return undefined;
      case 'rejected':
        this.#reject(record.line, verdict.reason, cells);
        return verdict.transactionId === undefined ? 'anywhere' : { transactionId: verdict.transactionId };
      case 'line':
        return this.#once(record.line, verdict.line, cells);
    }
  }

  /** A line that stands twice in its transaction counts as it stands first. */
  #once(at: number, line: TransactionLine, cells: string[]): TransactionLine | Gap {
    const { transactionId, lineId, effect } = line;
    if (this.#run.transactionId !== transactionId) this.#run = { transactionId, lineIds: new Set() };
    if (this.#run.lineIds.has(lineId)) {
      this.#reject(at, 'duplicate', cells);
      return { transactionId };
    }
    this.#run.lineIds.add(lineId);
    if (effect.is === 'none') this.#options.tally.countLeftOut(effect.reason);
    if (line.unknown.length > 0) this.#options.tally.countUnknown(line.unknown);
    return line;
  }

  #begin(layout: TransactionLayout | undefined): void {
    if (!layout) return;
    const { stores, fileAt, timeZone, onHeader } = this.#options;
    this.#header = { layout, lines: new TransactionLines(layout, stores, fileAt, timeZone) };
    onHeader(layout.header.length + (layout.correction ? 2 : 0));
  }

  #reject(line: number, reason: LineRejection, cells: string[]): void {
    this.#options.tally.countRejected(reason);
    this.#rejected.add(line, reason, cells, this.layout.header);
  }
}
