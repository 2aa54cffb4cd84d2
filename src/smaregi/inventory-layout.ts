import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import { normalised } from '../csv/header.ts';
import { type InventoryColumns, inventoryColumns, inventoryWords } from './inventory-columns.ts';
import { type StoreColumn, storeColumns } from './store-columns.ts';
import { storeInName } from './store-in-name.ts';

export type InventoryShape = 'long' | 'one-store' | 'wide';

/** How the rows of one inventory file are read, decided once from its header. Columns are indexes into `header`. */
export interface InventoryLayout {
  /** The file holds rejected rows that were corrected: its first two columns, line and reason, are ours. */
  correction: boolean;
  /** The original header, without those two columns and without empty cells at its end. */
  header: string[];
  productCode: number;
  /** Columns in which a row of totals may say so. */
  names: number[];
  stock: StockPlace;
}

/** Where a row says which store has how many. */
export type StockPlace =
  | { shape: 'long'; storeId: number | undefined; storeCode: number | undefined; quantity: number }
  | { shape: 'one-store'; store: Store | undefined; quantity: number }
  | { shape: 'wide'; columns: StoreColumn[] };

export interface LayoutContext {
  stores: Store[];
  inventory: Pick<Configuration['inventory'], 'store' | 'columns'>;
  /** As dropped: it may name the store. */
  fileName: string;
}

/** The layout that a row of cells announces as header; or what it lacks, when it looks like one; or neither. */
export function layoutOf(
  row: string[],
  context: LayoutContext,
): { layout: InventoryLayout } | { named: number; missing: string[] } {
  const correction = normalised(row[0] ?? '') === 'line' && normalised(row[1] ?? '') === 'reason';
  const header = withoutEmptyEnd(correction ? row.slice(2) : row);
  const { columns, named } = inventoryColumns(header, context.inventory.columns);
  const stock = stockPlace(header, columns, context);
  const { productCode } = columns;
  if (productCode !== undefined && typeof stock !== 'string') {
    return { layout: { correction, header, productCode, names: nameColumns(header), stock } };
  }
  const missing =
    productCode === undefined ? [`the product code (${inventoryWords.productCode.join(', ')})`] : [];
  if (typeof stock === 'string') missing.push(stock);
  return { named, missing };
}

/** Where the stock stands, or what is missing to know it. */
function stockPlace(
  header: string[],
  columns: InventoryColumns,
  context: LayoutContext,
): StockPlace | string {
  const { storeId, storeCode, productCode, quantity } = columns;
  const perStore = storeColumns(header, context.stores, [productCode, quantity, storeId, storeCode]);
  const isWide = perStore.some((column) => column.store);
  if (quantity === undefined) {
    return isWide
      ? { shape: 'wide', columns: perStore }
      : `the quantity (${inventoryWords.quantity.join(', ')})`;
  }
  if (storeId !== undefined || storeCode !== undefined) {
    return { shape: 'long', storeId, storeCode, quantity };
  }
  const named = configuredStore(context) ?? storeInName(context.fileName, context.stores);
  if (named) return { shape: 'one-store', store: named.store, quantity };
  if (isWide) return { shape: 'wide', columns: perStore };
  return (
    `the store (${inventoryWords.storeId}, ${inventoryWords.storeCode}; for a file of one store: inventory.store ` +
    'in the configuration, or "store" and its id in the file name)'
  );
}

function configuredStore({ inventory, stores }: LayoutContext): { store: Store | undefined } | undefined {
  const wanted = inventory.store;
  if (wanted === null) return undefined;
  return { store: stores.find(({ storeId, storeCode }) => storeId === wanted || storeCode === wanted) };
}

function nameColumns(header: string[]): number[] {
  return header.flatMap((cell, index) => (normalised(cell).includes('名') ? [index] : []));
}

function withoutEmptyEnd(header: string[]): string[] {
  return header.slice(0, header.findLastIndex((cell) => cell.trim() !== '') + 1);
}
