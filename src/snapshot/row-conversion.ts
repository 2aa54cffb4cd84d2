import { guardFormula, unguardFormula } from '../csv/formula-guard.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import { ResetRows } from '../hotwax/reset-rows.ts';
import type { InventoryLayout } from '../smaregi/inventory-layout.ts';
import { cellsToKeep, InventoryRows, type RejectionReason, type Verdict } from '../smaregi/inventory-row.ts';
import type { ConversionRequest, ConvertedReport } from './conversion.ts';
import { CsvOutput } from './csv-output.ts';
import { HeaderSearch } from './header-search.ts';
import { Refusal } from './refusal.ts';
import { SeenRows } from './seen-rows.ts';
import { Tally } from './tally.ts';

/** Makes spreadsheets read UTF-8. */
const byteOrderMark = '\uFEFF';

type Stock = Extract<Verdict, { outcome: 'stock' }>;

interface Header {
  layout: InventoryLayout;
  rows: InventoryRows;
}

/** The records of one file, in order, to the rows of a Reset CSV and of a file of rejections. */
export class RowConversion {
  readonly tally = new Tally();
  readonly #request: ConversionRequest;
  readonly #onHeader: (width: number) => void;
  readonly #search: HeaderSearch;
  readonly #seen = new SeenRows();
  readonly #resetRows: ResetRows;
  readonly #reset: CsvOutput;
  readonly #rejected: CsvOutput;
  #header: Header | undefined;

  /** `onHeader` is told how many cells a row has, as soon as the header is known. */
  constructor(request: ConversionRequest, onHeader: (width: number) => void) {
    const { stores, inventory, reset, inputName: fileName } = request;
    this.#request = request;
    this.#onHeader = onHeader;
    this.#search = new HeaderSearch({ stores, inventory, fileName });
    this.#resetRows = new ResetRows({ ...reset, idType: inventory.idType });
    this.#reset = new CsvOutput(request.output, reset.lineEnd);
    this.#rejected = new CsvOutput(request.rejected, 'crlf');
  }

  /** @throws Refusal when the header is missing */
  take(record: CsvRecord): void {
    if (!this.#header) {
      const layout = this.#search.offer(record);
      if (layout) this.#begin(layout);
      return;
    }
    const { layout, rows } = this.#header;
    const cells = layout.correction ? record.cells.slice(2).map(unguardFormula) : record.cells;
    for (const verdict of rows.decide({ ...record, cells })) {
      if (verdict.outcome === 'total') this.tally.countTotal();
      else if (verdict.outcome === 'rejected') this.#reject(record.line, verdict, cells);
      else if (this.#seen.add(verdict.store.storeId, verdict.productCode)) this.#write(verdict);
      else this.#reject(record.line, { reason: 'duplicate', column: verdict.column }, cells);
    }
  }

  get isFull(): boolean {
    return this.#reset.isFull || this.#rejected.isFull;
  }

  async flush(): Promise<void> {
    await this.#reset.flush();
    await this.#rejected.flush();
  }

  /** Makes the files durable. @throws Refusal when there was no header or no row of stock */
  async finish(): Promise<
    Omit<ConvertedReport, 'encoding' | 'inputBytes' | 'inputSha256' | 'contentSha256'>
  > {
    if (!this.#header) throw this.#search.refusal();
    const figures = this.tally.figures(this.#request.stores);
    if (figures.rows === figures.totals) throw nothingInIt(figures.totals);
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
    this.#header = { layout, rows: new InventoryRows(layout, this.#request.stores) };
    this.#onHeader(layout.header.length + (layout.correction ? 2 : 0));
    this.#reset.add(this.#resetRows.header);
  }

  #write({ store, productCode, quantity }: Stock): void {
    this.tally.countWritten(store, quantity);
    const sent = this.#request.inventory.negative === 'zero' ? Math.max(0, quantity) : quantity;
    this.#reset.add(this.#resetRows.row(store, productCode, sent));
  }

  #reject(
    line: number,
    verdict: { reason: RejectionReason; column: number | undefined },
    cells: string[],
  ): void {
    const { layout } = this.#header as Header;
    if (this.tally.rejected === 0) {
      this.#rejected.add([`${byteOrderMark}line`, 'reason', ...layout.header.map(guardFormula)]);
    }
    this.tally.countRejected(verdict.reason);
    const kept = cellsToKeep(cells, verdict.column, layout).map(guardFormula);
    this.#rejected.add([String(line), verdict.reason, ...kept]);
  }
}

function nothingInIt(totals: number): Refusal {
  const found = totals > 0 ? 'only rows of totals' : 'no row with stock';
  return new Refusal('empty', `The file has a header, but ${found}.`);
}
