import { findColumn, findNamed } from '../csv/header.ts';

export type SplitField = 'product' | 'total' | 'b2b' | 'b2c' | 'facility';

/** What people call the columns of a split, best first; compared without case, width and legend. */
const words: Record<SplitField, string[]> = {
  product: [
    'product',
    'productCode',
    'product code',
    'product_code',
    'upca',
    'upc',
    'jan',
    'sku',
    'barcode',
    'idValue',
    '商品コード',
    'JANコード',
    'バーコード',
    '商品',
    '品番',
  ],
  total: [
    'total',
    'total quantity',
    'warehouse',
    'quantity',
    'qty',
    '合計',
    '総数',
    '総在庫',
    '在庫数',
    '倉庫在庫',
    '数量',
  ],
  b2b: ['b2b', 'wholesale', 'b2b quantity', '卸', '卸売', '法人', 'BtoB', 'B to B'],
  b2c: ['b2c', 'online', 'b2c quantity', 'ec', 'EC在庫', '通販', '小売', '個人', 'BtoC', 'B to C'],
  facility: [
    'facility',
    'warehouse',
    'facilityId',
    'externalFacilityId',
    'store',
    'storeId',
    '店舗ID',
    '店舗コード',
    '店舗',
    '倉庫',
    '拠点',
  ],
};

const needed = ['product', 'total', 'b2b', 'b2c'] as const;

/** Where each field stands in a header; `facility` may be absent. */
export type SplitLayout = Record<(typeof needed)[number], number> & { facility: number | undefined };

/** The layout of a split with this header, or what it lacks. A retailer's own words go before ours. */
export function splitLayout(
  header: string[],
  own: Partial<Record<SplitField, string[]>>,
): { layout: SplitLayout } | { missing: string[] } {
  const place = (field: SplitField) => findColumn(header, [...(own[field] ?? []), ...words[field]]);
  const [product, b2b, b2c] = [place('product'), place('b2b'), place('b2c')];
  // "B2B 合計" begins like neither, but a column that is one of the parts is never the whole.
  const rest = header.map((cell, index) => (index === b2b || index === b2c || index === product ? '' : cell));
  const total = findColumn(rest, [...(own.total ?? []), ...words.total]);
  const found = { product, total, b2b, b2c };
  const missing = needed.filter((field) => found[field] === undefined);
  if (product === undefined || total === undefined || b2b === undefined || b2c === undefined)
    return { missing };
  const facility = findNamed(
    header.map((cell, index) => (index === total ? '' : cell)),
    [...(own.facility ?? []), ...words.facility],
  );
  return { layout: { product, total, b2b, b2c, facility } };
}

/** How the columns may be called, for people. */
export function splitWords(field: string): string[] {
  return words[field as SplitField] ?? [];
}
