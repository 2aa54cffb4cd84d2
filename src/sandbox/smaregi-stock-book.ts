import type { Clock } from '../platform/clock.ts';
import { apiTime } from '../smaregi/api-time.ts';

/** One change of stock, as the sandbox is told of it. */
export interface StockEvent {
  storeId: string;
  productId: string;
  /** Two digits: 02 sale, 07 put aside, 15 through the API, … */
  division: string;
  /** Signed; what is put aside (07) leaves the stock where it is and goes to the layaway. */
  amount: number;
  memo?: string | null;
  /** Epoch milliseconds, where it is to count from an earlier moment. */
  targetAt?: number;
  fromStoreId?: string;
  toStoreId?: string;
}

/** A row of the history in the API's words. */
export type ChangeRow = Readonly<Record<string, string | null>> & { id: string; updDateTime: string };

interface Level {
  storeId: string;
  productId: string;
  stock: number;
  layaway: number;
  updatedAt: number;
  changes: ChangeRow[];
}

/** Smaregi's stock: a level for every store and product that ever moved, with its history. */
export class StockBook {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #levels = new Map<string, Level>();
  #lastId = 556_000;
  /** Told of every change that the API tells the world. */
  onChange: (change: ChangeRow) => void = () => {};

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Sets a level from before the history; `at`: since when it has been so, epoch milliseconds. */
  begin(storeId: string, productId: string, stock: number, at = this.#clock.now()): void {
    const level = this.#level(storeId, productId);
    level.stock = stock;
    level.updatedAt = at;
  }

  change(event: StockEvent): ChangeRow {
    const level = this.#level(event.storeId, event.productId);
    if (event.division === '07') level.layaway -= event.amount;
    else level.stock += event.amount;
    level.updatedAt = this.#clock.now();
    this.#lastId += 1;
    const at = apiTime(level.updatedAt);
    const row: ChangeRow = {
      id: String(this.#lastId),
      updDateTime: at,
      targetDateTime: event.targetAt === undefined ? at : apiTime(event.targetAt),
      productId: event.productId,
      storeId: event.storeId,
      amount: String(event.amount),
      stockAmount: String(level.stock),
      layawayStockAmount: String(level.layaway),
      stockDivision: event.division,
      fromStoreId: event.fromStoreId ?? null,
      toStoreId: event.toStoreId ?? null,
      taxDivision: '0',
      price: '3900',
      cost: '1200',
      memo: event.memo ?? null,
      staffId: null,
      staffName: null,
    };
    level.changes.push(row);
    this.onChange(row);
    return row;
  }

  stock(storeId: string, productId: string): number {
    return this.#levels.get(keyOf(storeId, productId))?.stock ?? 0;
  }

  /** What may be sold: stock less what is put aside. */
  available(storeId: string, productId: string): number {
    const level = this.#levels.get(keyOf(storeId, productId));
    return level === undefined ? 0 : level.stock - level.layaway;
  }

  /** Every level in the API's words, oldest row first. */
  rows(): Record<string, string>[] {
    return [...this.#levels.values()].map(({ storeId, productId, stock, layaway, updatedAt }) => ({
      storeId,
      productId,
      stockAmount: String(stock),
      layawayStockAmount: String(layaway),
      updDateTime: apiTime(updatedAt),
    }));
  }

  /** The history of one row, oldest first; undefined when it never moved. */
  history(storeId: string, productId: string): readonly ChangeRow[] | undefined {
    return this.#levels.get(keyOf(storeId, productId))?.changes;
  }

  /** The whole history of every row, in the order of change. */
  changes(): ChangeRow[] {
    return [...this.#levels.values()]
      .flatMap(({ changes }) => changes)
      .sort((left, right) => Number(left.id) - Number(right.id));
  }

  #level(storeId: string, productId: string): Level {
    const key = keyOf(storeId, productId);
    const level = this.#levels.get(key) ?? {
      storeId,
      productId,
      stock: 0,
      layaway: 0,
      updatedAt: this.#clock.now(),
      changes: [],
    };
    this.#levels.set(key, level);
    return level;
  }
}

function keyOf(storeId: string, productId: string): string {
  return `${storeId}/${productId}`;
}
