import { findNamed } from '../csv/header.ts';

/** What the back office (with or without legends in the cell) and the Platform API call the columns that we need. */
const transactionWords = {
  transactionId: ['transactionHeadId', '取引ID'],
  lineId: ['transactionDetailId', '取引明細ID'],
  storeId: ['storeId', '店舗ID'],
  storeCode: ['storeCode', '店舗コード'],
  productCode: ['productCode', '商品コード'],
  quantity: ['quantity', '数量'],
  receivedAt: ['transactionDateTime', '取引日時'],
  soldAt: ['terminalTranDateTime', '端末取引日時'],
  updatedAt: ['updDateTime', '更新日時'],
  headDivision: ['transactionHeadDivision', '取引区分'],
  cancelDivision: ['cancelDivision', '取消区分'],
  cancelledAt: ['cancelDateTime', '取消日時'],
  disposeDivision: ['disposeDivision', '打消区分', '返品取消区分'],
  reverses: ['disposeServerTransactionHeadId', '打消取引ID', '返品取消取引ID'],
  returnSales: ['returnSales', '返品販売', '返品販売区分'],
  lineDivision: ['transactionDetailDivision', '取引明細区分'],
  productDivision: ['productDivision', '商品区分'],
  picksUp: ['layawayServerTransactionHeadId', '取置き取引ID', '取置取引ID', '取り置き取引ID'],
} as const;

export type TransactionField = keyof typeof transactionWords;
export type TransactionColumns = Partial<Record<TransactionField, number>>;

/** How the rows of one sales file are read, decided once from its header. Columns are indexes into `header`. */
export interface TransactionLayout {
  /** The file holds rejected rows that were corrected: its first two columns, line and reason, are ours. */
  correction: boolean;
  /** The original header, without those two columns and without empty cells at its end. */
  header: string[];
  columns: TransactionColumns & Record<'transactionId' | 'lineId' | 'productCode' | 'quantity', number>;
}

export const requiredColumns =
  'transaction id (取引ID, transactionHeadId), line id (取引明細ID, transactionDetailId), store (店舗ID, 店舗コード, ' +
  'storeId, storeCode), product code (商品コード, productCode) and quantity (数量, quantity)';

/** The layout that a row of cells announces as header; or what it lacks, and how much of one it has. */
export function transactionLayoutOf(
  row: string[],
): { layout: TransactionLayout } | { named: number; missing: string[] } {
  const correction = row[0]?.replace('\uFEFF', '').trim() === 'line' && row[1]?.trim() === 'reason';
  const cells = correction ? row.slice(2) : row;
  const header = cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
  const columns: TransactionColumns = {};
  for (const field of Object.keys(transactionWords) as TransactionField[]) {
    const index = findNamed(header, [...transactionWords[field]]);
    if (index !== undefined) columns[field] = index;
  }
  const { transactionId, lineId, storeId, storeCode, productCode, quantity } = columns;
  const hasStore = storeId !== undefined || storeCode !== undefined;
  if (
    transactionId !== undefined &&
    lineId !== undefined &&
    productCode !== undefined &&
    quantity !== undefined &&
    hasStore
  ) {
    return {
      layout: { correction, header, columns: { ...columns, transactionId, lineId, productCode, quantity } },
    };
  }
  const missing = (['transactionId', 'lineId', 'productCode', 'quantity'] as const)
    .filter((field) => columns[field] === undefined)
    .map((field) => transactionWords[field].join(' or '));
  if (!hasStore) missing.push([...transactionWords.storeId, ...transactionWords.storeCode].join(' or '));
  return { named: Object.keys(columns).length, missing };
}
