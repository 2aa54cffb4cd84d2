import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import type { Encoding } from '../csv/decode.ts';
import type { InventoryShape } from '../smaregi/inventory-layout.ts';
import type { RejectionReason } from '../smaregi/inventory-row.ts';

/** From which file to which, and how. Plain data: it goes to a worker thread. */
export interface ConversionRequest {
  input: string;
  /** The name as dropped: its ending says how the file is packed, and it may name the store. */
  inputName: string;
  /** Where the Reset CSV is written. */
  output: string;
  /** Where rejected rows are written; no file when there are none. */
  rejected: string;
  stores: Store[];
  inventory: Configuration['inventory'];
  reset: Pick<Configuration['reset'], 'columns' | 'lineEnd' | 'comments'> & { resetByAtp?: boolean };
  /** Limit for what a .gz or .zip unpacks to. */
  maxUnpackedBytes: number;
}

export interface ConversionProgress {
  /** Of the file as dropped; of its content for a .zip. A file that is read once more counts twice. */
  bytesRead: number;
  bytesTotal: number;
  rows: number;
  written: number;
  rejected: number;
}

export type ConversionReport = ConvertedReport | RefusedReport;

export interface ConvertedReport {
  outcome: 'converted';
  shape: InventoryShape;
  encoding: Encoding;
  /** The file held rejected rows that were corrected. */
  correction: boolean;
  inputBytes: number;
  inputSha256: string;
  /** Of the CSV itself, unpacked. */
  contentSha256: string;
  resetBytes: number;
  resetSha256: string;
  /** Rows of stock considered, a column per store counting as one each: written + rejected + totals. */
  rows: number;
  written: number;
  rejected: number;
  rejectedByReason: Partial<Record<RejectionReason, number>>;
  /** Rows that say 合計 and are left out. */
  totals: number;
  /** Negative stock, whether passed on or written as 0. */
  negatives: number;
  /** Stores with at least one row written, in the order of the store map. */
  stores: { storeId: string; rows: number; units: number }[];
}

export type RefusalReason = 'empty' | 'no-header' | 'missing-column' | 'bad-encoding' | 'bad-archive';

export interface RefusedReport {
  outcome: 'refused';
  reason: RefusalReason;
  /** For people: what was found, and what to do. */
  message: string;
  inputBytes: number;
  inputSha256: string;
}
