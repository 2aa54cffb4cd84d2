import type { Store } from '../config/store-map.ts';
import type { RecordReader } from '../csv/record-reader.ts';
import type { ResetLines } from '../hotwax/reset-lines.ts';
import { viewOf } from '../platform/view-of.ts';
import type { InventoryLayout } from '../smaregi/inventory-layout.ts';
import { storeKey } from '../smaregi/inventory-row.ts';
import type { StoreColumn } from '../smaregi/store-columns.ts';
import type { ByteOutput } from './byte-output.ts';
import { areDigits } from './code-index.ts';
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
const zeroByte = viewOf(Buffer.from('0'));

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
  /** Per store the parts of its lines. */
  readonly #parts: DataView[][];
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
    this.#parts = options.lines.parts.map((parts) => parts.map(viewOf));
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
      const place = reader.cells + 2 * column.index;
      if (reader.places[place] === reader.places[place + 1]) continue;
      if (!this.#takeStock(reader, store, place)) onOdd(column);
    }
    return true;
  }

  #takeSingle(reader: RecordReader): boolean {
    const { bytes, places, cells } = reader;
    const place = cells + 2 * this.#storeColumn;
    const store =
      this.#storeColumn === unknown
        ? this.#onlyStore
        : this.#keys.find(bytes, places[place] as number, places[place + 1] as number);
    return this.#takeStock(reader, store, cells + 2 * this.#quantityColumn);
  }

  /** `place`: where the quantity's place stands. */
  #takeStock({ bytes, view, places }: RecordReader, store: number, place: number): boolean {
    const start = places[place] as number;
    const end = places[place + 1] as number;
    if (store === unknown || this.#isWarehouse[store]) return false;
    if (!this.#readQuantity(bytes, start, end)) return false;
    const { seen, tally, negative } = this.#options;
    if (!seen.add(tally.rows, store, view, this.#codeStart, this.#codeEnd)) return false;
    tally.countWritten(store, this.#quantity);
    if (this.#quantity < 0 && negative === 'zero') this.#write(store, view, zeroByte, 0, 1);
    else this.#write(store, view, view, start, end);
    return true;
  }

  #write(store: number, row: DataView, quantity: DataView, start: number, end: number): void {
    const { lines, output } = this.#options;
    const { slots, maxBytes } = lines;
    const parts = this.#parts[store] as DataView[];
    output.makeRoom(maxBytes);
    const { view } = output;
    let to = copy(parts[0] as DataView, 0, (parts[0] as DataView).byteLength, view, output.used);
    for (let index = 0; index < slots.length; index += 1) {
      to =
        slots[index] === 'idValue'
          ? copy(row, this.#codeStart, this.#codeEnd, view, to)
          : copy(quantity, start, end, view, to);
      const part = parts[index + 1] as DataView;
      to = copy(part, 0, part.byteLength, view, to);
    }
    output.used = to;
  }

  /** Cells beyond the header's width are harmless when nothing stands in them. */
  #hasWidth({ cellCount, places, cells }: RecordReader): boolean {
    if (cellCount < this.#width) return false;
    for (let index = this.#width; index < cellCount; index += 1) {
      if (places[cells + 2 * index] !== places[cells + 2 * index + 1]) return false;
    }
    return true;
  }

  /** A code that needs no quotes, without the TABs and blanks with which an export protects it from spreadsheets. */
  #findCode({ bytes, view, places, cells }: RecordReader): boolean {
    const place = cells + 2 * this.#options.layout.productCode;
    let start = places[place] as number;
    let end = places[place + 1] as number;
    while (start < end && (bytes[start] === tab || bytes[start] === space)) start += 1;
    while (start < end && (bytes[end - 1] === tab || bytes[end - 1] === space)) end -= 1;
    this.#codeStart = start;
    this.#codeEnd = end;
    if (start === end || end - start > maxCodeBytes) return false;
    if (areDigits(view, start, end)) return true;
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
function copy(from: DataView, start: number, end: number, to: DataView, place: number): number {
  let at = start;
  let next = place;
  for (; at + 4 <= end; at += 4, next += 4) to.setInt32(next, from.getInt32(at, true), true);
  for (; at < end; at += 1, next += 1) to.setUint8(next, from.getUint8(at));
  return next;
}
