import { createHash } from 'node:crypto';
import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import { csvText } from '../csv/write.ts';
import { ResetRows } from '../hotwax/reset-rows.ts';
import { varianceColumns, varianceRow } from '../hotwax/variance-csv.ts';
import type { AllotmentRow } from '../ledger/allotment-records.ts';

/** What is uploaded for a split: its text, and what it changes. */
export interface UploadFile {
  text: string;
  sha256: string;
  rows: number;
  /** Products whose B2C part is what it was. */
  unchanged: number;
  /** Sum of the changes; of an absolute file the sum of the levels. */
  units: number;
}

/** A variance CSV: for each product whose B2C part differs from `before`, by how much. */
export function varianceFile(
  rows: readonly AllotmentRow[],
  before: (productCode: string) => number,
  { warehouse, configuration }: { warehouse: Store; configuration: Configuration },
): UploadFile {
  const { reason, comments } = configuration.warehouse;
  const { idType } = configuration.inventory;
  const changes = rows
    .map(({ productCode, b2c }) => ({ idValue: productCode, delta: b2c - before(productCode) }))
    .filter(({ delta }) => delta !== 0);
  const cells = changes.map((change) => varianceRow(warehouse, { ...change, idType, reason, comments }));
  return {
    ...fileOf([[...varianceColumns], ...cells], configuration),
    unchanged: rows.length - changes.length,
    units: changes.reduce((sum, { delta }) => sum + delta, 0),
  };
}

/** A Reset CSV: the B2C part of every product, whatever was there. */
export function absoluteFile(
  rows: readonly AllotmentRow[],
  { warehouse, configuration }: { warehouse: Store; configuration: Configuration },
): UploadFile {
  const { columns, lineEnd, resetByAtp, comments } = configuration.reset;
  const settings = { columns, lineEnd, comments, ...(resetByAtp !== undefined && { resetByAtp }) };
  const resetRows = new ResetRows({ ...settings, idType: configuration.inventory.idType });
  const cells = rows.map(({ productCode, b2c }) => resetRows.row(warehouse, productCode, b2c));
  return {
    ...fileOf([resetRows.header, ...cells], configuration),
    unchanged: 0,
    units: rows.reduce((sum, { b2c }) => sum + b2c, 0),
  };
}

function fileOf(
  rows: string[][],
  configuration: Configuration,
): Pick<UploadFile, 'text' | 'sha256' | 'rows'> {
  const text = csvText(rows, configuration.reset.lineEnd);
  return { text, sha256: sha256OfText(text), rows: rows.length - 1 };
}

/** In hex, of UTF-8. */
export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
