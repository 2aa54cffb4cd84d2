import { type ApiRow, momentOf, textOf, wholeOf } from './api-row.ts';

/** One change in the history of a store's stock of a product. Moments in epoch milliseconds, to the second. */
export interface StockChange {
  id: string;
  storeId: string;
  productId: string;
  /** When it was written: the order that counts. */
  updatedAt: number;
  /** When it is to count; may lie before `updatedAt` (stocktaking, loss). */
  targetAt: number;
  /** As Smaregi says it changed; undefined when it does not. */
  amount: number | undefined;
  /** After the change. */
  stock: number;
  layaway: number;
  division: string;
  memo: string;
}

/** A row of `GET /stock/changes`; undefined when it lacks what makes it one. */
export function stockChangeIn(row: ApiRow): StockChange | undefined {
  const id = textOf(row, 'id');
  const storeId = textOf(row, 'storeId');
  const productId = textOf(row, 'productId');
  const updatedAt = momentOf(row, 'updDateTime');
  const stock = wholeOf(row, 'stockAmount');
  if (!id || !storeId || !productId || updatedAt === undefined || stock === undefined) return undefined;
  return {
    id,
    storeId,
    productId,
    updatedAt,
    targetAt: momentOf(row, 'targetDateTime') ?? updatedAt,
    amount: wholeOf(row, 'amount'),
    stock,
    layaway: wholeOf(row, 'layawayStockAmount') ?? 0,
    division: textOf(row, 'stockDivision'),
    memo: textOf(row, 'memo'),
  };
}

/** Orders changes as they were made: ids are numbers that only grow. */
export function byId(left: Pick<StockChange, 'id'>, right: Pick<StockChange, 'id'>): number {
  return left.id.length - right.id.length || (left.id < right.id ? -1 : Number(left.id > right.id));
}
