import { guardFormula, unguardFormula } from '../csv/formula-guard.ts';
import type { RecordReader } from '../csv/record-reader.ts';
import { csvText } from '../csv/write.ts';
import { type ResetLines, resetLines } from '../hotwax/reset-lines.ts';
import { ResetRows } from '../hotwax/reset-rows.ts';
import { viewOf } from '../platform/view-of.ts';
import type { InventoryLayout } from '../smaregi/inventory-layout.ts';
import { cellsToKeep, InventoryRows, type RejectionReason, type Verdict } from '../smaregi/inventory-row.ts';
import type { StoreColumn } from '../smaregi/store-columns.ts';
import { ByteOutput } from './byte-output.ts';
import type { ConversionRequest, ConvertedReport } from './conversion.ts';
import { HeaderSearch } from './header-search.ts';
import { QuickRows } from './quick-rows.ts';
import { Refusal } from './refusal.ts';
import type { SeenRows } from './seen-rows.ts';
import { Tally } from './tally.ts';

/** Rejected rows that are turned into text at once: more would outlive young garbage and cost memory. */
const rejectedPerBatch = 512;

/** Makes spreadsheets read UTF-8. */
const byteOrderMark = '\uFEFF';

type Stock = Extract<Verdict, { outcome: 'stock' }>;

interface Header {
  layout: InventoryLayout;
  rows: InventoryRows;
}

/** The rows of one file, in order, to the rows of a Reset CSV and of a file of rejections. */
export class RowConversion {
  readonly tally: Tally;
  readonly #request: ConversionRequest;
  readonly #reader: RecordReader;
  readonly #search: HeaderSearch;
  readonly #seen: SeenRows;
  readonly #resetRows: ResetRows;
  readonly #lines: ResetLines;
  readonly #reset: ByteOutput;
  readonly #rejected: ByteOutput;
  #rejectedRows: string[][] = [];
  #header: Header | undefined;
  #quick: QuickRows | undefined;
  readonly #takeOddColumn = (column: StoreColumn) => {
    const record = this.#reader.record();
    if (record && this.#header) {
      this.#act(record.line, record.cells, this.#header.rows.decideColumn(record.cells, column));
    }
  };

  constructor(request: ConversionRequest, reader: RecordReader, seen: SeenRows) {
    const { stores, inventory, reset, inputName: fileName } = request;
    this.tally = new Tally(stores);
    this.#request = request;
    this.#reader = reader;
    this.#seen = seen;
    this.#search = new HeaderSearch({ stores, inventory, fileName });
    this.#resetRows = new ResetRows({ ...reset, idType: inventory.idType });
    this.#lines = resetLines(this.#resetRows, stores, reset.lineEnd);
    this.#reset = new ByteOutput(request.output);
    this.#rejected = new ByteOutput(request.rejected);
  }

  /**
   * Takes the rows that the reader has.
   *
   * @throws Refusal when the header is missing; system errors (ENOSPC …) as they are
   */
  takeRows(): void {
    const reader = this.#reader;
    while (reader.next()) {
      if (!this.#quick?.take(reader, this.#takeOddColumn)) this.#takeText();
      if (this.#reset.isFull) this.#reset.flush();
      if (this.#rejectedRows.length >= rejectedPerBatch) this.#flushRejected();
    }
  }

  #takeText(): void {
    const record = this.#reader.record();
    if (!record) return;
    if (!this.#header) {
      const layout = this.#search.offer(record);
      if (layout) this.#begin(layout);
      return;
    }
    const { layout, rows } = this.#header;
    const cells = layout.correction ? record.cells.slice(2).map(unguardFormula) : record.cells;
    this.#act(record.line, cells, rows.decide({ ...record, cells }));
  }

  #act(line: number, cells: string[], verdicts: Verdict[]): void {
    for (const verdict of verdicts) {
      if (verdict.outcome === 'total') this.tally.countTotal();
      else if (verdict.outcome === 'rejected') this.#reject(line, verdict, cells);
      else if (!this.#take(verdict)) this.#reject(line, { ...verdict, reason: 'duplicate' }, cells);
    }
  }

  /** Writes all there is. */
  flush(): void {
    this.#reset.flush();
    this.#flushRejected();
  }

  #flushRejected(): void {
    this.#rejected.put(Buffer.from(csvText(this.#rejectedRows, 'crlf')));
    this.#rejected.flush();
    this.#rejectedRows = [];
  }

  /** Makes the files durable. @throws Refusal when there was no header or no row of stock */
  async finish(): Promise<
    Omit<ConvertedReport, 'encoding' | 'inputBytes' | 'inputSha256' | 'contentSha256'>
  > {
    if (!this.#header) throw this.#search.refusal();
    const figures = this.tally.figures();
    if (figures.rows === figures.totals) throw nothingInIt(figures.totals);
    this.#flushRejected();
    const reset = await this.#reset.finish();
    await this.#rejected.finish();
    const { correction, stock } = this.#header.layout;
    return {
      outcome: 'converted',
      shape: stock.shape,
      correction,
      resetBytes: reset?.bytes ?? 0,
      resetSha256: reset?.sha256 ?? '',
      ...figures,
    };
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.#reset.discard();
    await this.#rejected.discard();
  }

  #begin(layout: InventoryLayout): void {
    const { stores, inventory } = this.#request;
    this.#header = { layout, rows: new InventoryRows(layout, stores) };
    this.#reader.width = layout.header.length + (layout.correction ? 2 : 0);
    this.#add(this.#resetRows.header);
    if (layout.correction) return; // its cells are shifted, and may be guarded from spreadsheets
    const { negative } = inventory;
    const [seen, tally, lines, output] = [this.#seen, this.tally, this.#lines, this.#reset];
    this.#quick = new QuickRows({ layout, stores, negative, lines, seen, tally, output });
  }

  #take({ store, productCode, quantity }: Stock): boolean {
    const code = viewOf(Buffer.from(productCode));
    const index = this.#request.stores.indexOf(store);
    if (!this.#seen.add(this.tally.rows, index, code, 0, code.byteLength)) return false;
    this.tally.countWritten(index, quantity);
    const sent = this.#request.inventory.negative === 'zero' ? Math.max(0, quantity) : quantity;
    this.#add(this.#resetRows.row(store, productCode, sent));
    return true;
  }

  #add(cells: string[]): void {
    this.#reset.put(Buffer.from(csvText([cells], this.#request.reset.lineEnd)));
  }

  #reject(
    line: number,
    verdict: { reason: RejectionReason; column: number | undefined },
    cells: string[],
  ): void {
    const { layout } = this.#header as Header;
    if (this.tally.rejected === 0) {
      this.#rejectedRows.push([`${byteOrderMark}line`, 'reason', ...layout.header.map(guardFormula)]);
    }
    this.tally.countRejected(verdict.reason);
    const kept = cellsToKeep(cells, verdict.column, layout).map(guardFormula);
    this.#rejectedRows.push([String(line), verdict.reason, ...kept]);
  }
}

function nothingInIt(totals: number): Refusal {
  const found = totals > 0 ? 'only rows of totals' : 'no row with stock';
  return new Refusal('empty', `The file has a header, but ${found}.`);
}
