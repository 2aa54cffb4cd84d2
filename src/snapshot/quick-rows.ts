import type { Store } from '../config/store-map.ts';
import type { RecordReader } from '../csv/record-reader.ts';
import type { ResetLines } from '../hotwax/reset-lines.ts';
import type { InventoryLayout } from '../smaregi/inventory-layout.ts';
import { storeKey } from '../smaregi/inventory-row.ts';
import type { StoreColumn } from '../smaregi/store-columns.ts';
import type { ByteOutput } from './byte-output.ts';
import type { SeenRows } from './seen-rows.ts';
import { StoreKeys } from './store-keys.ts';
import type { Tally } from './tally.ts';

const tab = 9;
const space = 32;
const quote = 34;
const comma = 44;
const minus = 45;
const zero = 48;
const nine = 57;
const lastPrintable = 126;
const maxCodeBytes = 20;
const maxDigits = 9;

const unknown = -1;
const zeroByte = Buffer.from('0');

export interface QuickRowsOptions {
  layout: InventoryLayout;
  stores: Store[];
  negative: 'pass' | 'zero';
  lines: ResetLines;
  seen: SeenRows;
  tally: Tally;
  output: ByteOutput;
}

/**
 * Takes the ordinary rows of a file from bytes to bytes: sound text, known retail store, plain code, plain quantity,
 * not seen before. All others are left to whoever decides about text, so that each decision is made in one place.
 */
export class QuickRows {
  readonly #options: QuickRowsOptions;
  readonly #width: number;
  /** Where the store's id or code stands, for files that name it. */
  readonly #storeColumn: number;
  readonly #keys: StoreKeys;
  readonly #isWarehouse: boolean[];
  /** The store of a file of one store. */
  readonly #onlyStore: number;
  readonly #quantityColumn: number;
  /** Per column of a store the store's index. */
  readonly #wide: { column: StoreColumn; store: number }[];
  /** The product code and the quantity that were looked at last: their places. */
  #codeStart = 0;
  #codeEnd = 0;
  #quantity = 0;

  constructor(options: QuickRowsOptions) {
    const { stores, layout } = options;
    const { stock } = layout;
    this.#options = options;
    this.#width = layout.header.length;
    const indexOf = (store: Store | undefined) => (store ? stores.indexOf(store) : unknown);
    const byId = stock.shape === 'long' && stock.storeId !== undefined;
    this.#storeColumn = stock.shape === 'long' ? (stock.storeId ?? stock.storeCode ?? unknown) : unknown;
    this.#keys = new StoreKeys(stores.map((store) => storeKey(byId ? store.storeId : store.storeCode)));
    this.#isWarehouse = stores.map((store) => store.kind === 'warehouse');
    this.#onlyStore = stock.shape === 'one-store' ? indexOf(stock.store) : unknown;
    this.#quantityColumn = stock.shape === 'wide' ? unknown : stock.quantity;
    this.#wide =
      stock.shape === 'wide' ? stock.columns.map((column) => ({ column, store: indexOf(column.store) })) : [];
  }

  /**
   * Takes the reader's row if it is ordinary. In the shape of a column per store `onOdd` is told of each column that
   * is not, in its turn.
   */
  take(reader: RecordReader, onOdd: (column: StoreColumn) => void): boolean {
    if (!reader.isSound || !this.#hasWidth(reader) || !this.#findCode(reader)) return false;
    if (this.#wide.length === 0) return this.#takeSingle(reader);
    for (const { column, store } of this.#wide) {
      const { index } = column;
      if (reader.starts[index] === reader.ends[index]) continue;
      if (!this.#takeStock(reader, store, index)) onOdd(column);
    }
    return true;
  }

  #takeSingle(reader: RecordReader): boolean {
    const column = this.#storeColumn;
    const store =
      column === unknown
        ? this.#onlyStore
        : this.#keys.find(reader.bytes, reader.starts[column] as number, reader.ends[column] as number);
    return this.#takeStock(reader, store, this.#quantityColumn);
  }

  #takeStock({ bytes, starts, ends }: RecordReader, store: number, column: number): boolean {
    const start = starts[column] as number;
    const end = ends[column] as number;
    if (store === unknown || this.#isWarehouse[store]) return false;
    if (!this.#readQuantity(bytes, start, end)) return false;
    const { seen, tally, negative } = this.#options;
    if (!seen.add(tally.rows, store, bytes, this.#codeStart, this.#codeEnd)) return false;
    tally.countWritten(store, this.#quantity);
    if (this.#quantity < 0 && negative === 'zero') this.#write(store, bytes, zeroByte, 0, 1);
    else this.#write(store, bytes, bytes, start, end);
    return true;
  }

  #write(store: number, bytes: Buffer, quantity: Buffer, start: number, end: number): void {
    const { lines, output } = this.#options;
    const { slots, maxBytes } = lines;
    const parts = lines.parts[store] as Buffer[];
    output.makeRoom(maxBytes);
    const { block } = output;
    let to = copy(parts[0] as Buffer, 0, (parts[0] as Buffer).length, block, output.used);
    for (let index = 0; index < slots.length; index += 1) {
      to =
        slots[index] === 'idValue'
          ? copy(bytes, this.#codeStart, this.#codeEnd, block, to)
          : copy(quantity, start, end, block, to);
      const part = parts[index + 1] as Buffer;
      to = copy(part, 0, part.length, block, to);
    }
    output.used = to;
  }

  /** Cells beyond the header's width are harmless when nothing stands in them. */
  #hasWidth({ cellCount, starts, ends }: RecordReader): boolean {
    if (cellCount < this.#width) return false;
    for (let index = this.#width; index < cellCount; index += 1) {
      if (starts[index] !== ends[index]) return false;
    }
    return true;
  }

  /** A code that needs no quotes, without the TABs and blanks with which an export protects it from spreadsheets. */
  #findCode({ bytes, starts, ends }: RecordReader): boolean {
    const column = this.#options.layout.productCode;
    let start = starts[column] as number;
    let end = ends[column] as number;
    while (start < end && (bytes[start] === tab || bytes[start] === space)) start += 1;
    while (start < end && (bytes[end - 1] === tab || bytes[end - 1] === space)) end -= 1;
    this.#codeStart = start;
    this.#codeEnd = end;
    if (start === end || end - start > maxCodeBytes) return false;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte < space || byte > lastPrintable || byte === quote || byte === comma) return false;
    }
    return true;
  }

  /** A whole number as we would write it ourselves. */
  #readQuantity(bytes: Buffer, start: number, end: number): boolean {
    const isNegative = bytes[start] === minus;
    const first = isNegative ? start + 1 : start;
    const digits = end - first;
    if (digits < 1 || digits > maxDigits) return false;
    if (bytes[first] === zero && (digits > 1 || isNegative)) return false;
    let amount = 0;
    for (let at = first; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte < zero || byte > nine) return false;
      amount = amount * 10 + byte - zero;
    }
    this.#quantity = isNegative ? -amount : amount;
    return true;
  }
}

/** Copies the bytes from `start` to `end` and returns where they end. They are few: a loop is faster than a call. */
function copy(from: Buffer, start: number, end: number, to: Buffer, place: number): number {
  let next = place;
  for (let at = start; at < end; at += 1) {
    to[next] = from[at] as number;
    next += 1;
  }
  return next;
}
