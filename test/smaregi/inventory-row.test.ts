import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/smaregi/inventory-layout.ts';
import { cellsToKeep, InventoryRows } from '../../src/smaregi/inventory-row.ts';
import { store } from '../support/small-retailer.ts';

const stores = [store('1', '原宿店'), store('3', '渋谷店'), store('90', '倉庫', 'warehouse')];
const long = '店舗ID,店舗コード,店舗名,商品コード,商品名,在庫数';
const wide = '商品コード,商品名,原宿店在庫,渋谷店在庫,倉庫在庫,新宿店在庫';

function rowsOf(header: string, fileName = 'zaiko.csv') {
  const columns = { storeId: [], storeCode: [], productCode: [], quantity: [] };
  const found = layoutOf(header.split(','), { stores, inventory: { store: null, columns }, fileName });
  if (!('layout' in found)) throw new Error(found.missing.join());
  return { layout: found.layout, rows: new InventoryRows(found.layout, stores) };
}

/** `3 4901 5` for stock, else the reason, or `total`; in the wide shape after the column's number. */
function decided(header: string, row: string, fault?: 'bad-quote' | 'column-count'): string[] {
  const { rows } = rowsOf(header);
  const cells = row.split(',');
  return rows.decide(fault ? { cells, fault } : { cells }).map((verdict) => {
    if (verdict.outcome === 'total') return 'total';
    const column = verdict.column === undefined ? '' : `${verdict.column}:`;
    if (verdict.outcome === 'rejected') return column + verdict.reason;
    return `${column}${verdict.store.storeId} ${verdict.productCode} ${verdict.quantity}`;
  });
}

describe('a row of one store and product', () => {
  test.each([
    ['1,S01,原宿店,4901234567894,キャップ,12', '1 4901234567894 12'],
    ['1,S01,原宿店,\t0012345678905\t,"キャップ",-1', '1 0012345678905 -1'],
    ['1,S01,原宿店, AB-1 2 ,x,0', '1 AB-1 2 0'],
    [' 3\t,,渋谷店,A,x,５', '3 A 5'],
    ['３,,渋谷店,A,x,5', '3 A 5'],
    [',S03,渋谷店,A,x,5', '3 A 5'],
    ['1,S03,原宿店,A,x,5', '1 A 5'],
    ['1,S01,原宿店,A,x,5,,', '1 A 5'],
    ['1,S01,原宿店,12345678901234567890,x,5', '1 12345678901234567890 5'],
  ])('%s', (row, expected) => {
    expect(decided(long, row)).toEqual([expected]);
  });

  test.each([
    ['unknown-store', '99,,新宿店,A,x,5'],
    ['unknown-store', ',,,A,x,5'],
    ['unknown-store', '99,S03,id before code,A,x,5'],
    ['warehouse', '90,,倉庫,A,x,5'],
    ['warehouse', '90,,倉庫,,x,many'],
    ['no-product-code', '1,,原宿店,,x,5'],
    ['no-product-code', '1,,原宿店, \t ,x,5'],
    ['bad-product-code', '1,,原宿店,123456789012345678901,x,5'],
    ['bad-product-code', '1,,原宿店,ＡＢ,x,5'],
    ['bad-product-code', '1,,原宿店,A\tB,x,5'],
    ['bad-quantity', '1,,原宿店,A,x,'],
    ['bad-quantity', '1,,原宿店,A,x,12.5'],
    ['bad-quantity', '1,,原宿店,A,x,many'],
    ['column-count', '1,,原宿店,A,x'],
    ['column-count', '1,,原宿店,A,x,1,204'],
    ['bad-encoding', '1,,原\uFFFD店,A,x,5'],
  ])('is rejected as %s: %s', (reason, row) => {
    expect(decided(long, row)).toEqual([reason]);
  });

  test('keeps the fault that it was read with', () => {
    expect(decided(long, '1,,原宿店,A,12" x,5', 'bad-quote')).toEqual(['bad-quote']);
    expect(decided(long, '1', 'column-count')).toEqual(['column-count']);
  });

  test.each([
    '合計,,,,,1215',
    ',,,合計,,1215',
    '1,,原宿店,,小計,1215',
    ',,総合計,,,1215',
    ' 合計 ,,,,,1215',
    '合計,,,,1215',
  ])('of totals is told apart: %s', (row) => {
    expect(decided(long, row)).toEqual(['total']);
  });

  test.each(['1,,原宿店,A,合計,5', '1,,合計,A,x,5'])(
    'with a product code is stock, whatever its names: %s',
    (row) => {
      expect(decided(long, row)).toEqual(['1 A 5']);
    },
  );
});

describe('a row with a column per store', () => {
  test('gives stock per store in the order of the columns; an empty cell gives none', () => {
    expect(decided(wide, 'A,x,12,-3,,')).toEqual(['2:1 A 12', '3:3 A -3']);
    expect(decided(wide, 'A,x, ,,,')).toEqual([]);
  });

  test('is judged cell by cell where cells differ', () => {
    expect(decided(wide, 'A,x,many,3,40,1')).toEqual([
      '2:bad-quantity',
      '3:3 A 3',
      '4:warehouse',
      '5:unknown-store',
    ]);
  });

  test('is rejected whole, once, where all of it is at fault', () => {
    expect(decided(wide, ',x,12,3,,')).toEqual(['no-product-code']);
    expect(decided(wide, 'ＡＢ,x,12,3,,')).toEqual(['bad-product-code']);
    expect(decided(wide, 'A,x,12')).toEqual(['column-count']);
    expect(decided(wide, '合計,,12,3,,')).toEqual(['total']);
  });

  test('keeps of a rejected cell the row without the other stores, so that correcting it touches no other', () => {
    const { layout } = rowsOf(wide);
    const cells = ['A', 'x', 'many', '3', '40', '1'];
    expect(cellsToKeep(cells, 2, layout)).toEqual(['A', 'x', 'many', '', '', '']);
    expect(cellsToKeep(cells, undefined, layout)).toEqual(cells);
  });
});

test('a file of one store needs no store in its rows', () => {
  const { rows } = rowsOf('商品コード,在庫数', 'zaiko_store3.csv');
  expect(rows.decide({ cells: ['A', '5'] })).toMatchObject([
    { outcome: 'stock', store: { storeId: '3' }, quantity: 5 },
  ]);
  const unknown = rowsOf('商品コード,在庫数', 'zaiko_store99.csv').rows;
  expect(unknown.decide({ cells: ['A', '5'] })).toMatchObject([{ reason: 'unknown-store' }]);
});
