import type { Store } from '../config/store-map.ts';
import { NotText } from '../csv/encoding-sense.ts';
import { type CsvRecord, RecordReader } from '../csv/record-reader.ts';
import { type CsvFile, recordsOfFile } from '../csv/records-of-file.ts';
import type { AllotmentRow } from '../ledger/allotment-records.ts';
import { BadArchive } from '../platform/bad-archive.ts';
import { hashFile } from '../platform/file-hash.ts';
import { Problem } from '../platform/problem.ts';
import { type SplitFault, SplitRows } from './split.ts';
import { type SplitField, splitLayout, splitWords } from './split-columns.ts';

export interface ReadSplit {
  rows: (AllotmentRow & { line: number })[];
  faults: SplitFault[];
  inputSha256: string;
}

/** Titles may stand above the header, but not more than this. */
const maxHeaderLines = 10;

export interface SplitSettings {
  columns: Partial<Record<SplitField, string[]>>;
  warehouse: Store;
  stores: readonly Store[];
}

/**
 * Reads a split of a warehouse's stock and decides about every row. Its products are held in memory: a split is made
 * by hand.
 *
 * @throws Problem `split-unreadable` when it is no such file at all
 */
export async function readSplit(file: CsvFile, settings: SplitSettings): Promise<ReadSplit> {
  const reader = new RecordReader();
  const reading = new SplitReading(file.name, settings, (width) => {
    reader.width = width;
  });
  try {
    for await (const records of recordsOfFile(file, reader)) {
      for (const record of records) reading.take(record);
    }
  } catch (error) {
    if (!(error instanceof NotText || error instanceof BadArchive)) throw error;
    throw unreadable(file.name, error.message, error);
  }
  const { rows, faults } = reading.finish();
  return { rows, faults, inputSha256: (await hashFile(file.path)).sha256 };
}

/** First the header, then the rows. */
class SplitReading {
  readonly #name: string;
  readonly #settings: SplitSettings;
  readonly #onHeader: (width: number) => void;
  #rows: SplitRows | undefined;
  /** What the line that came nearest to a header lacks. */
  #missing: string[] | undefined;
  #above = 0;

  constructor(name: string, settings: SplitSettings, onHeader: (width: number) => void) {
    this.#name = name;
    this.#settings = settings;
    this.#onHeader = onHeader;
  }

  take(record: CsvRecord): void {
    if (this.#rows) {
      this.#rows.take(record);
      return;
    }
    const { columns, warehouse, stores } = this.#settings;
    const tried = splitLayout(record.cells, columns);
    if ('layout' in tried) {
      this.#onHeader(record.cells.length);
      this.#rows = new SplitRows(tried.layout, record.cells.length, warehouse, stores);
      return;
    }
    if (this.#missing === undefined || tried.missing.length < this.#missing.length) {
      this.#missing = tried.missing;
    }
    this.#above += 1;
    if (this.#above === maxHeaderLines) throw headerMissing(this.#name, this.#missing);
  }

  finish(): SplitRows {
    if (!this.#rows) throw headerMissing(this.#name, this.#missing ?? []);
    const { rows, faults } = this.#rows;
    if (rows.length + faults.length === 0) throw unreadable(this.#name, 'there is no row below its header');
    return this.#rows;
  }
}

function headerMissing(name: string, missing: readonly string[]): Problem {
  const fields = missing.map((field) => `${field} (${splitWords(field).slice(0, 4).join(', ')} …)`);
  const what = fields.length > 0 ? `its header does not give ${fields.join(', nor ')}` : 'it is empty';
  return unreadable(name, what);
}

function unreadable(name: string, what: string, cause?: unknown): Problem {
  return new Problem(
    'split-unreadable',
    `${name} is no split of warehouse stock: ${what}.`,
    'It must be a CSV with a column each for product, total, B2B and B2C; other names go into warehouse.columns.',
    { cause },
  );
}
