import { type ApiRow, textOf } from './api-row.ts';

/** What of Smaregi's product master we need. */
export interface Product {
  productId: string;
  /** The code at the edge: a JAN as a rule. Unique, but it may change. */
  productCode: string;
  /** Whether Smaregi counts its stock. */
  managed: boolean;
}

/** A row of `GET /products`; undefined when it lacks what makes it one. */
export function productIn(row: ApiRow): Product | undefined {
  const productId = textOf(row, 'productId');
  if (!productId) return undefined;
  return {
    productId,
    productCode: textOf(row, 'productCode'),
    managed: textOf(row, 'stockControlDivision') !== '1',
  };
}
