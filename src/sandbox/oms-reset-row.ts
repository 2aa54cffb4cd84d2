import type { Levels, ProductId } from './levels.ts';

const known = [
  'facilityId',
  'externalFacilityId',
  'locationSeqId',
  'idType',
  'idValue',
  'availableQty',
  'resetByAtp',
  'comments',
  'productId',
] as const;

const needed = ['locationSeqId', 'idValue', 'availableQty'] as const;

type ResetColumn = (typeof known)[number];

export type ResetColumns = ReadonlyMap<ResetColumn, number>;

export interface ResetRow {
  header: string[];
  columns: ResetColumns;
  cells: string[];
}

/**
 * Where each column is. The documented samples spell them in two ways (facilityId, FacilityId), so case is ignored.
 *
 * @throws Error when a column is unknown or one that is needed is missing
 */
export function resetColumns(header: readonly string[]): ResetColumns {
  const columns = new Map<ResetColumn, number>();
  for (const [index, cell] of header.entries()) {
    const column = known.find((name) => name.toLowerCase() === cell.trim().toLowerCase());
    if (column === undefined) throw new Error(`The column ${JSON.stringify(cell)} is unknown.`);
    columns.set(column, index);
  }
  const missing: string[] = needed.filter((name) => !columns.has(name));
  if (!columns.has('facilityId') && !columns.has('externalFacilityId')) missing.push('facilityId');
  if (missing.length > 0) throw new Error(`Columns are missing: ${missing.join(', ')}.`);
  return columns;
}

/** What an OMS takes when a row names no identifier type. */
const defaultIdType = 'shopifyProductId';

export type ReadRow =
  | { facilityId: string; product: ProductId; quantity: number; comments: string }
  | { reason: string };

/** One row as the OMS understands it, or why it does not. Quantities are on hand: nothing is reserved here. */
export function readResetRow({ header, columns, cells }: ResetRow, levels: Levels): ReadRow {
  if (cells.length !== header.length) return { reason: `Invalid Format: ${cells.length} cells` };
  const cell = (name: ResetColumn) => (cells[columns.get(name) ?? -1] ?? '').trim();
  const facilityId = levels.facility(cell('facilityId'), cell('externalFacilityId'));
  if (facilityId === undefined) {
    return { reason: `Could not find facility ${cell('facilityId')} / ${cell('externalFacilityId')}` };
  }
  for (const name of needed) {
    if (cell(name) === '') return { reason: `Missing Field: ${name}` };
  }
  const product = { idType: cell('idType') || defaultIdType, idValue: cell('idValue') };
  if (!levels.accepts(product)) {
    return {
      reason: `Could not find product with ident type ${product.idType} and value ${product.idValue}`,
    };
  }
  if (!/^-?\d+(\.0+)?$/.test(cell('availableQty'))) {
    return { reason: `Invalid Data: availableQty ${cell('availableQty')}` };
  }
  return { facilityId, product, quantity: Number(cell('availableQty')), comments: cell('comments') };
}
