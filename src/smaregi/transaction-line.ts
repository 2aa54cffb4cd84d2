import type { Store } from '../config/store-map.ts';
import { damage } from '../csv/decode.ts';
import { hasWidth } from '../csv/record-cells.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import { isProductCode } from './product-code.ts';
import { parseQuantity } from './quantity.ts';
import type { TransactionLayout } from './transaction-columns.ts';
import {
  changeOf,
  effectOf,
  type LineDivisions,
  type LineEffect,
  type LineMoments,
  type StockStep,
  stepsOf,
  unknownDivisions,
} from './transaction-effects.ts';
import { TransactionTimes } from './transaction-time.ts';

/** Why a row is not taken. The words are part of the contract. */
export type LineRejection =
  | 'bad-transaction-id'
  | 'unknown-store'
  | 'warehouse'
  | 'bad-product-code'
  | 'bad-quantity'
  | 'bad-date'
  | 'duplicate'
  | 'column-count'
  | 'bad-quote'
  | 'bad-encoding';

/** One line of a transaction, as one row says it is. Moments in epoch milliseconds. */
export interface TransactionLine {
  transactionId: string;
  lineId: string;
  storeId: string;
  /** '' for a line without one; such a line moves nothing. */
  productCode: string;
  effect: LineEffect;
  steps: StockStep[];
  change: { kind: string; at: number };
  versionAt: number;
  /** Whether `versionAt` is the transaction's own update time, not the file's. */
  hasUpdateTime: boolean;
  /** The transaction that a reversing record undoes; '' for others, and when it does not say. */
  reverses: string;
  /** Codes that nobody has told us about, as `column=code`. */
  unknown: string[];
}

export type RowVerdict =
  | { outcome: 'line'; line: TransactionLine }
  | { outcome: 'total' }
  /** A row that moves nothing, of a store that we do not know: nothing to remember. */
  | { outcome: 'left-out'; reason: 'no-product-code' }
  /** `transactionId` is undefined when it could not be read for certain. */
  | { outcome: 'rejected'; reason: LineRejection; transactionId?: string };

const idPattern = /^[!-.0-~]{1,64}$/;
const totalWords = new Set(['合計', '総合計', '小計']);

/** Decides about the rows of one sales file; pure but for what it was made with. */
export class TransactionLines {
  readonly #layout: TransactionLayout;
  readonly #stores: (columns: { id: string; code: string }) => Store | undefined;
  readonly #times: TransactionTimes;
  readonly #fileAt: number;

  /** `fileAt`: when the file was made, for what has no time of its own. */
  constructor(layout: TransactionLayout, stores: Store[], fileAt: number, timeZone: string) {
    this.#layout = layout;
    this.#stores = storeFinder(stores);
    this.#times = new TransactionTimes(timeZone);
    this.#fileAt = fileAt;
  }

  decide({ cells, fault }: Pick<CsvRecord, 'cells' | 'fault'>): RowVerdict {
    if (fault) return { outcome: 'rejected', reason: fault };
    if (cells.some((cell) => cell.includes(damage))) return { outcome: 'rejected', reason: 'bad-encoding' };
    const { columns } = this.#layout;
    const transactionId = cellAt(cells, columns.transactionId);
    if (!idPattern.test(transactionId) && isTotal(cells)) return { outcome: 'total' };
    if (!hasWidth(cells, this.#layout.header.length)) return { outcome: 'rejected', reason: 'column-count' };
    const lineId = cellAt(cells, columns.lineId);
    if (!idPattern.test(transactionId) || !idPattern.test(lineId)) {
      return { outcome: 'rejected', reason: 'bad-transaction-id' };
    }
    return this.#decideLine(cells, transactionId, lineId);
  }

  #decideLine(cells: string[], transactionId: string, lineId: string): RowVerdict {
    const reject = (reason: LineRejection): RowVerdict => ({ outcome: 'rejected', reason, transactionId });
    const { columns } = this.#layout;
    const productCode = (cells[columns.productCode] ?? '').trim();
    const store = this.#stores({
      id: cellAt(cells, columns.storeId),
      code: cellAt(cells, columns.storeCode),
    });
    if (!store || store.kind === 'warehouse') {
      if (productCode === '') return { outcome: 'left-out', reason: 'no-product-code' };
      return reject(store ? 'warehouse' : 'unknown-store');
    }
    const moments = this.#moments(cells);
    if (!moments) return reject('bad-date');

    const divisions = this.#divisions(cells);
    const effect = this.#effect(cells, productCode, divisions);
    if (typeof effect === 'string') return reject(effect);
    return {
      outcome: 'line',
      line: {
        transactionId,
        lineId,
        storeId: store.storeId,
        productCode: isProductCode(productCode) ? productCode : '',
        effect,
        steps: stepsOf(effect, moments),
        change: changeOf(effect, moments),
        versionAt: moments.versionAt,
        hasUpdateTime: moments.hasUpdateTime,
        reverses: divisions.disposeDivision === '2' ? cellAt(cells, columns.reverses) : '',
        unknown: unknownDivisions(divisions),
      },
    };
  }

  /** What moves nothing needs neither a good code nor a good quantity. */
  #effect(cells: string[], productCode: string, divisions: LineDivisions): LineEffect | LineRejection {
    if (productCode === '') return { is: 'none', reason: 'no-product-code' };
    const quantity = parseQuantity(cells[this.#layout.columns.quantity] ?? '');
    const effect = effectOf(divisions, quantity ?? 0);
    if (effect.is === 'none') return effect;
    if (!isProductCode(productCode)) return 'bad-product-code';
    return quantity === undefined ? 'bad-quantity' : effect;
  }

  #divisions(cells: string[]): LineDivisions {
    const { columns } = this.#layout;
    return {
      headDivision: cellAt(cells, columns.headDivision),
      lineDivision: cellAt(cells, columns.lineDivision),
      productDivision: cellAt(cells, columns.productDivision).toUpperCase(),
      cancelDivision: cellAt(cells, columns.cancelDivision),
      disposeDivision: cellAt(cells, columns.disposeDivision),
      returnSales: cellAt(cells, columns.returnSales),
      picksUp: columns.picksUp === undefined ? undefined : cellAt(cells, columns.picksUp),
    };
  }

  /** Undefined when one of the times that are given is none. */
  #moments(cells: string[]): (LineMoments & { hasUpdateTime: boolean }) | undefined {
    const { columns } = this.#layout;
    const updated = cellAt(cells, columns.updatedAt);
    const updatedAt = this.#time(updated, this.#fileAt);
    const receivedAt = this.#time(cellAt(cells, columns.receivedAt), this.#fileAt);
    if (updatedAt === undefined || receivedAt === undefined) return undefined;
    const soldAt = this.#time(cellAt(cells, columns.soldAt), receivedAt);
    const cancelledAt = this.#time(cellAt(cells, columns.cancelledAt), updatedAt);
    if (soldAt === undefined || cancelledAt === undefined) return undefined;
    return { versionAt: updatedAt, receivedAt, soldAt, cancelledAt, hasUpdateTime: updated !== '' };
  }

  #time(text: string, absent: number): number | undefined {
    return text === '' ? absent : this.#times.read(text);
  }
}

function cellAt(cells: string[], index: number | undefined): string {
  const cell = index === undefined ? '' : (cells[index] ?? '');
  return cell === '' ? '' : narrow(cell);
}

/** A cell in half width, without the TABs and blanks with which an export protects codes from spreadsheets. */
function narrow(cell: string): string {
  return /^[!-~]*$/.test(cell) ? cell : cell.normalize('NFKC').trim();
}

function isTotal(cells: string[]): boolean {
  const first = cells.find((cell) => cell.trim() !== '');
  return first !== undefined && totalWords.has(first.normalize('NFKC').trim());
}

function storeFinder(stores: Store[]): (columns: { id: string; code: string }) => Store | undefined {
  const byId = keyed(stores, (store) => store.storeId);
  const byCode = keyed(stores, (store) => store.storeCode);
  return ({ id, code }) => (id === '' ? byCode.get(code) : byId.get(id));
}

function keyed(stores: Store[], key: (store: Store) => string): ReadonlyMap<string, Store> {
  return new Map(stores.filter((store) => key(store) !== '').map((store) => [narrow(key(store)), store]));
}
