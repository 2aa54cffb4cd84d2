import type { Store } from '../config/store-map.ts';
import { damage } from '../csv/decode.ts';
import { hasWidth } from '../csv/record-cells.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import type { InventoryLayout, StockPlace } from './inventory-layout.ts';
import { cleanProductCode, faultOfProductCode } from './product-code.ts';
import { parseQuantity } from './quantity.ts';
import type { StoreColumn } from './store-columns.ts';

/** Why a row is not taken. The words are part of the contract. */
export type RejectionReason =
  | 'unknown-store'
  | 'warehouse'
  | 'no-product-code'
  | 'bad-product-code'
  | 'bad-quantity'
  | 'duplicate'
  | 'column-count'
  | 'bad-quote'
  | 'bad-encoding';

/** What one row, or one store's cell of it (`column`), comes to. */
export type Verdict =
  | { outcome: 'stock'; store: Store; productCode: string; quantity: number; column: number | undefined }
  | { outcome: 'rejected'; reason: RejectionReason; column: number | undefined }
  | { outcome: 'total' };

const totalWords = new Set(['合計', '総合計', '小計']);

/** Decides about rows of one file; pure but for the store map it was made with. */
export class InventoryRows {
  readonly #layout: InventoryLayout;
  readonly #byId: ReadonlyMap<string, Store>;
  readonly #byCode: ReadonlyMap<string, Store>;

  constructor(layout: InventoryLayout, stores: Store[]) {
    this.#layout = layout;
    this.#byId = keyed(stores, (store) => store.storeId);
    this.#byCode = keyed(stores, (store) => store.storeCode);
  }

  /** One verdict for a row, or in the shape of a column per store one for each store with a quantity. */
  decide({ cells, fault }: Pick<CsvRecord, 'cells' | 'fault'>): Verdict[] {
    const { header, productCode, stock } = this.#layout;
    if (fault) return [rejected(fault)];
    if (cells.some((cell) => cell.includes(damage))) return [rejected('bad-encoding')];
    const code = cleanProductCode(cells[productCode] ?? '');
    if (this.#isTotal(cells, code)) return [{ outcome: 'total' }];
    if (!hasWidth(cells, header.length)) return [rejected('column-count')];
    return stock.shape === 'wide' ? perStore(cells, code, stock) : [this.#single(cells, code, stock)];
  }

  /** As {@link InventoryRows.decide} of a sound row that is no total, for one column of a store only. */
  decideColumn(cells: string[], column: StoreColumn): Verdict[] {
    return ofStore(cells, cleanProductCode(cells[this.#layout.productCode] ?? ''), column);
  }

  #single(cells: string[], code: string, stock: Exclude<StockPlace, { shape: 'wide' }>): Verdict {
    const store = stock.shape === 'one-store' ? stock.store : this.#storeOf(cells, stock);
    return stockOf(store, code, cells[stock.quantity] ?? '', undefined);
  }

  #storeOf(
    cells: string[],
    { storeId, storeCode }: Extract<StockPlace, { shape: 'long' }>,
  ): Store | undefined {
    const id = storeId === undefined ? '' : storeKey(cells[storeId] ?? '');
    if (id !== '') return this.#byId.get(id);
    return storeCode === undefined ? undefined : this.#byCode.get(storeKey(cells[storeCode] ?? ''));
  }

  #isTotal(cells: string[], code: string): boolean {
    if (code !== '') return code.charCodeAt(0) > 0x7f && isTotalWord(code);
    const first = cells.find((cell) => cell.trim() !== '');
    if (first !== undefined && isTotalWord(first)) return true;
    return this.#layout.names.some((index) => isTotalWord(cells[index] ?? ''));
  }
}

/** The cells of a row that are kept for a rejection: of a column per store only the rejected one. */
export function cellsToKeep(
  cells: string[],
  column: number | undefined,
  { stock }: Pick<InventoryLayout, 'stock'>,
): string[] {
  if (column === undefined || stock.shape !== 'wide') return cells;
  return cells.map((cell, index) =>
    index !== column && stock.columns.some((other) => other.index === index) ? '' : cell,
  );
}

function perStore(cells: string[], code: string, stock: Extract<StockPlace, { shape: 'wide' }>): Verdict[] {
  const fault = faultOfProductCode(code);
  if (fault) return [rejected(fault)];
  return stock.columns.flatMap((column) => ofStore(cells, code, column));
}

function ofStore(cells: string[], code: string, { index, store }: StoreColumn): Verdict[] {
  const cell = cells[index] ?? '';
  return cell.trim() === '' ? [] : [stockOf(store, code, cell, index)];
}

function stockOf(store: Store | undefined, code: string, cell: string, column: number | undefined): Verdict {
  if (!store) return rejected('unknown-store', column);
  if (store.kind === 'warehouse') return rejected('warehouse', column);
  const fault = faultOfProductCode(code);
  if (fault) return rejected(fault, column);
  const quantity = parseQuantity(cell);
  if (quantity === undefined) return rejected('bad-quantity', column);
  return { outcome: 'stock', store, productCode: code, quantity, column };
}

function rejected(reason: RejectionReason, column?: number): Verdict {
  return { outcome: 'rejected', reason, column };
}

function isTotalWord(cell: string): boolean {
  return totalWords.has(cell.normalize('NFKC').trim());
}

function keyed(stores: Store[], key: (store: Store) => string): ReadonlyMap<string, Store> {
  return new Map(stores.filter((store) => key(store) !== '').map((store) => [storeKey(key(store)), store]));
}

/** The id or code of a store as it is compared. */
export function storeKey(cell: string): string {
  return /^[!-~]*$/.test(cell) ? cell : cell.normalize('NFKC').trim();
}
