import type { Clock } from '../platform/clock.ts';
import { apiTime } from '../smaregi/api-time.ts';
import type { ListRow } from './smaregi-lists.ts';
import type { StockBook } from './smaregi-stock-book.ts';

export interface SoldLine {
  productId: string;
  quantity: number;
}

interface Transaction {
  id: string;
  storeId: string;
  lines: readonly SoldLine[];
  /** What it does to stock, for each unit in its lines. */
  sign: 1 | -1;
  cancelledAt: number | undefined;
  row: Record<string, unknown>;
}

/** The retailer's tills: each action is a transaction, and the changes of stock that Smaregi makes of it. */
export class Till {
  readonly #book: StockBook;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #codeOf: (productId: string) => string;
  readonly #transactions = new Map<string, Transaction>();
  #lastId = 8_800;
  /** Told of every transaction that is new or changed. */
  onTransaction: (id: string, action: 'created' | 'canceled' | 'disposed') => void = () => {};

  constructor(book: StockBook, clock: Pick<Clock, 'now'>, codeOf: (productId: string) => string) {
    this.#book = book;
    this.#clock = clock;
    this.#codeOf = codeOf;
  }

  /** Every transaction with its details in the API's words, in the order of receipt. */
  rows(): ListRow[] {
    return [...this.#transactions.values()].map(({ row }) => row);
  }

  /** A sale; returns its id. */
  sell(storeId: string, lines: readonly SoldLine[]): string {
    return this.#add({ storeId, lines, sign: -1, division: '02', head: {} });
  }

  /** Goods come back without the sale they came from (返品販売). */
  takeBack(storeId: string, lines: readonly SoldLine[]): string {
    return this.#add({ storeId, lines, sign: 1, division: '12', head: { returnSales: '1' } });
  }

  /** The same transaction, cancelled (取消). */
  cancel(id: string): void {
    const transaction = this.#known(id);
    if (transaction.cancelledAt !== undefined) throw new Error(`transaction ${id} is cancelled already`);
    const now = this.#clock.now();
    transaction.cancelledAt = now;
    this.#change(transaction, {
      cancelDivision: '1',
      cancelDateTime: apiTime(now),
      updDateTime: apiTime(now),
    });
    this.#move(transaction, transaction.sign === -1 ? 1 : -1, '02');
    this.onTransaction(id, 'canceled');
  }

  /** A new record that undoes another (消込); returns its id. */
  dispose(id: string): string {
    const original = this.#known(id);
    const now = this.#clock.now();
    this.#change(original, { disposeDivision: '1', updDateTime: apiTime(now) });
    const reversal = this.#add({
      storeId: original.storeId,
      lines: original.lines,
      sign: original.sign === -1 ? 1 : -1,
      division: '12',
      head: { disposeDivision: '2', disposeServerTransactionHeadId: id },
    });
    this.onTransaction(id, 'disposed');
    return reversal;
  }

  #add(options: {
    storeId: string;
    lines: readonly SoldLine[];
    sign: 1 | -1;
    division: string;
    head: Record<string, unknown>;
  }): string {
    const { storeId, lines, sign, division, head } = options;
    this.#lastId += 1;
    const id = String(this.#lastId);
    const at = apiTime(this.#clock.now());
    const row = {
      transactionHeadId: id,
      transactionDateTime: at,
      transactionHeadDivision: '1',
      cancelDivision: '0',
      cancelDateTime: null,
      returnSales: '0',
      disposeDivision: '0',
      disposeServerTransactionHeadId: null,
      storeId,
      terminalId: '1',
      terminalTranDateTime: at,
      updDateTime: at,
      layawayPickUps: [],
      ...head,
      details: lines.map((line, index) => this.#detail(id, index + 1, line)),
    };
    const transaction: Transaction = { id, storeId, lines, sign, cancelledAt: undefined, row };
    this.#transactions.set(id, transaction);
    this.#move(transaction, sign, division);
    this.onTransaction(id, 'created');
    return id;
  }

  #detail(transactionHeadId: string, number: number, { productId, quantity }: SoldLine) {
    return {
      transactionHeadId,
      transactionDetailId: String(number),
      parentTransactionDetailId: null,
      transactionDetailDivision: '1',
      productId,
      productCode: this.#codeOf(productId),
      quantity: String(quantity),
      salesDivision: '0',
      productDivision: '0',
      inventoryReservationDivision: '0',
    };
  }

  #move({ storeId, lines }: Transaction, sign: 1 | -1, division: string): void {
    for (const { productId, quantity } of lines) {
      this.#book.change({ storeId, productId, division, amount: sign * quantity });
    }
  }

  #change(transaction: Transaction, fields: Record<string, unknown>): void {
    transaction.row = { ...transaction.row, ...fields };
  }

  #known(id: string): Transaction {
    const transaction = this.#transactions.get(id);
    if (!transaction) throw new Error(`no transaction ${id}`);
    return transaction;
  }
}
