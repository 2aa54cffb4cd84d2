import { type ApiRow, isRow, momentOf, textOf } from './api-row.ts';
import { type TransactionLayout, transactionLayoutOf } from './transaction-columns.ts';

/** The fields of a transaction and its details that say what it does to stock: a row of cells, as in a file. */
const fields = [
  'transactionHeadId',
  'transactionDetailId',
  'storeId',
  'storeCode',
  'productCode',
  'quantity',
  'transactionDateTime',
  'terminalTranDateTime',
  'updDateTime',
  'transactionHeadDivision',
  'cancelDivision',
  'cancelDateTime',
  'disposeDivision',
  'disposeServerTransactionHeadId',
  'returnSales',
  'transactionDetailDivision',
  'productDivision',
  'layawayServerTransactionHeadId',
] as const;

/** A transaction as the API gives it. */
export interface ApiTransaction {
  id: string;
  /** Epoch milliseconds. */
  updatedAt: number;
  lines: ApiLine[];
}

export interface ApiLine {
  lineId: string;
  /** '' for a line without a product. */
  productId: string;
  /** In the order of {@link apiLayout}; `productCode` is what the line says. */
  cells: string[];
}

/** How the cells of an {@link ApiLine} are read. */
export const apiLayout = layout();

/** Where the product code stands in the cells. */
export const productCodeAt = fields.indexOf('productCode');

/** Undefined when it lacks what makes it one: an id, a time of change, or its details. */
export function apiTransactionIn(row: ApiRow): ApiTransaction | undefined {
  const id = textOf(row, 'transactionHeadId');
  const updatedAt = momentOf(row, 'updDateTime');
  // A head that moves no goods may come without any.
  const details = row.details === null ? [] : row.details;
  if (!id || updatedAt === undefined || !Array.isArray(details) || !details.every(isRow)) return undefined;
  const head = { ...row, layawayServerTransactionHeadId: pickedUp(row) };
  return {
    id,
    updatedAt,
    lines: details.map((detail) => ({
      lineId: textOf(detail, 'transactionDetailId'),
      productId: textOf(detail, 'productId'),
      // A detail repeats the head's id only; what else both have is the detail's.
      cells: fields.map((field) => textOf(detail, field) || textOf(head, field)),
    })),
  };
}

/** The layaway that a sale picks up, '' for none. */
function pickedUp({ layawayPickUps }: ApiRow): string {
  const first: unknown = Array.isArray(layawayPickUps) ? layawayPickUps[0] : undefined;
  return isRow(first) ? textOf(first, 'layawayServerTransactionHeadId') : '';
}

function layout(): TransactionLayout {
  const found = transactionLayoutOf([...fields]);
  if (!('layout' in found)) throw new Error(`the API's fields lack ${found.missing.join(', ')}`);
  return found.layout;
}
