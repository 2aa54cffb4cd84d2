import { type ApiRow, momentOf, textOf, wholeOf } from './api-row.ts';

/** What a store has of a product now. Moments in epoch milliseconds, to the second. */
export interface StockLevel {
  storeId: string;
  productId: string;
  stock: number;
  /** Put aside for customers. */
  layaway: number;
  updatedAt: number;
}

/** A row of `GET /stock`; undefined when it lacks what makes it one. */
export function stockLevelIn(row: ApiRow): StockLevel | undefined {
  const storeId = textOf(row, 'storeId');
  const productId = textOf(row, 'productId');
  const stock = wholeOf(row, 'stockAmount');
  const updatedAt = momentOf(row, 'updDateTime');
  if (!storeId || !productId || stock === undefined || updatedAt === undefined) return undefined;
  return { storeId, productId, stock, layaway: wholeOf(row, 'layawayStockAmount') ?? 0, updatedAt };
}
