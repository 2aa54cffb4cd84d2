import { findColumn, findNamed } from '../csv/header.ts';

export type InventoryField = 'storeId' | 'storeCode' | 'productCode' | 'quantity';

/** What the back office calls the columns that we need, best first. */
export const inventoryWords: Record<InventoryField, string[]> = {
  storeId: ['店舗ID'],
  storeCode: ['店舗コード'],
  productCode: ['商品コード', 'JANコード', 'バーコード'],
  quantity: ['在庫数', '在庫数量', '現在庫', '在庫'],
};

export type InventoryColumns = Partial<Record<InventoryField, number>>;

/** Where each field stands in a header. A retailer's own words (`inventory.columns`) go before Smaregi's. */
export function inventoryColumns(
  header: string[],
  own: Record<InventoryField, string[]>,
): { columns: InventoryColumns; named: number } {
  const columns: InventoryColumns = {};
  let named = 0;
  for (const field of Object.keys(inventoryWords) as InventoryField[]) {
    const words = [...own[field], ...inventoryWords[field]];
    const index = findColumn(header, words);
    if (index === undefined) continue;
    columns[field] = index;
    if (findNamed(header, words) !== undefined) named += 1;
  }
  return { columns, named };
}
