import type { StockLevel } from '../sandbox/smaregi-stock.ts';

/** Two sales around a snapshot of 12:15, and one before it that arrives only after the reset: what each file says. */
export interface ResetScene {
  /** The row that is sold. */
  row: StockLevel;
  /** The sales of 12:10 and of 12:20. */
  sales: string;
  /** All of Smaregi's stock at 12:15. */
  inventory: string;
  /** A sale of 12:12, from a till that was offline. */
  late: string;
  /** Smaregi's stock when all is said. */
  stock: StockLevel[];
}

export function resetScene(noon: readonly StockLevel[]): ResetScene {
  const row = noon.find(({ quantity }) => quantity >= 5) as StockLevel;
  const less = (units: number) =>
    noon.map((level) => (level === row ? { ...level, quantity: level.quantity - units } : level));
  return {
    row,
    sales: salesFile([saleOf(row, 900_001, '12:10'), saleOf(row, 900_002, '12:20')]),
    inventory: inventoryFile(less(2)),
    late: salesFile([saleOf(row, 900_003, '12:12')]),
    stock: less(3),
  };
}

function saleOf({ storeId, productCode }: StockLevel, id: number, time: string): string {
  return `${id},1,${storeId},${productCode},1,2026-11-24T${time}:00+09:00`;
}

function salesFile(lines: readonly string[]): string {
  const header = 'transactionHeadId,transactionDetailId,storeId,productCode,quantity,transactionDateTime';
  return `${[header, ...lines].join('\n')}\n`;
}

function inventoryFile(stock: readonly StockLevel[]): string {
  const rows = stock.map(({ storeId, productCode, quantity }) => `${storeId},${productCode},${quantity}`);
  return `${['店舗ID,商品コード,在庫数', ...rows].join('\n')}\n`;
}
