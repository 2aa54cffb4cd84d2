import { describe, expect, test } from 'vitest';
import { type LayoutContext, layoutOf } from '../../src/smaregi/inventory-layout.ts';
import { store } from '../support/small-retailer.ts';

const noWords = { storeId: [], storeCode: [], productCode: [], quantity: [] };
const stores = [store('1', '原宿店'), store('3', 'NEW ERA 渋谷'), store('90', '倉庫', 'warehouse')];
const context: LayoutContext = {
  stores,
  inventory: { store: null, columns: noWords },
  fileName: 'zaiko_20261124_0300.csv',
};

function stockOf(header: string, change: Partial<LayoutContext> = {}) {
  const found = layoutOf(header.split(','), { ...context, ...change });
  return 'layout' in found ? found.layout.stock : found;
}

function columnsOf(header: string) {
  const stock = stockOf(header);
  if (!('shape' in stock) || stock.shape !== 'wide') return stock;
  return stock.columns.map(({ index, store: found }) => `${index}:${found?.storeId ?? '?'}`);
}

describe('one row per store and product', () => {
  test.each([
    '店舗ID,店舗名,商品コード,商品名,在庫数',
    '店舗ＩＤ,店舗名,商品ｺｰﾄﾞ,商品名,在庫数量',
    '店舗ID（必須）,店舗名,商品コード(20桁),商品名,現在庫：個',
    '店舗ID,店舗名,JANコード,商品名,在庫',
    '\uFEFF店舗ID,店舗名,\tバーコード ,商品名,現在庫数',
  ])('%s', (header) => {
    expect(stockOf(header)).toEqual({ shape: 'long', storeId: 0, storeCode: undefined, quantity: 4 });
  });

  test('the store is told by id, by code, or by both', () => {
    expect(stockOf('店舗コード,商品コード,在庫数')).toMatchObject({ storeId: undefined, storeCode: 0 });
    expect(stockOf('店舗コード,店舗ID,商品コード,在庫数')).toMatchObject({ storeId: 1, storeCode: 0 });
  });

  test('amounts of money are no quantities', () => {
    expect(stockOf('店舗ID,商品コード,在庫金額,現在庫評価額,在庫数')).toMatchObject({ quantity: 4 });
    expect(stockOf('店舗ID,商品コード,在庫金額')).toMatchObject({
      missing: [expect.stringContaining('在庫数')],
    });
  });

  test("the retailer's own words go first", () => {
    const inventory = { store: null, columns: { ...noWords, quantity: ['実在庫'], productCode: ['品番'] } };
    expect(stockOf('店舗ID,商品コード,品番,在庫数,実在庫', { inventory })).toMatchObject({ quantity: 4 });
    const found = layoutOf('店舗ID,商品コード,品番,在庫数'.split(','), { ...context, inventory });
    expect('layout' in found && found.layout.productCode).toBe(2);
  });

  test('of several codes the product code is best, then JAN, then barcode', () => {
    const code = (header: string) => {
      const found = layoutOf(header.split(','), context);
      return 'layout' in found ? found.layout.productCode : undefined;
    };
    expect(code('店舗ID,バーコード,JANコード,商品コード,在庫数')).toBe(3);
    expect(code('店舗ID,バーコード,JANコード,在庫数')).toBe(2);
  });
});

describe('one store per file', () => {
  test('the store comes from the configuration, by id or code', () => {
    for (const named of ['3', 'S03']) {
      const inventory = { store: named, columns: noWords };
      expect(stockOf('商品コード,在庫数', { inventory })).toEqual({
        shape: 'one-store',
        store: stores[1],
        quantity: 1,
      });
    }
  });

  test('or from the file name', () => {
    expect(stockOf('商品コード,在庫数', { fileName: 'zaiko_store3.csv' })).toMatchObject({
      store: stores[1],
    });
  });

  test('a store that is not in the map is known to be unknown', () => {
    const unknown = { shape: 'one-store', store: undefined, quantity: 1 };
    expect(stockOf('商品コード,在庫数', { fileName: 'zaiko_store99.csv' })).toEqual(unknown);
    expect(stockOf('商品コード,在庫数', { inventory: { store: '99', columns: noWords } })).toEqual(unknown);
  });

  test('a store column goes before both', () => {
    const inventory = { store: '3', columns: noWords };
    expect(stockOf('店舗ID,商品コード,在庫数', { inventory, fileName: 'store1.csv' })).toMatchObject({
      shape: 'long',
    });
  });

  test('a file that says of no store is refused, with what would help', () => {
    expect(stockOf('商品コード,在庫数')).toEqual({
      named: 2,
      missing: [expect.stringMatching(/store.*店舗ID.*inventory\.store.*file name/)],
    });
  });
});

describe('one column per store', () => {
  test.each([
    ['在庫', '商品コード,商品名,原宿店在庫,NEW ERA 渋谷在庫,倉庫在庫'],
    ['店舗在庫', '商品コード,商品名,原宿店店舗在庫,NEW ERA 渋谷店舗在庫,倉庫店舗在庫'],
    ['nothing', '商品コード,商品名,原宿店,NEW ERA 渋谷,倉庫'],
    ['a legend', '商品コード,商品名,原宿店在庫（個）,NEW ERA 渋谷在庫[個],倉庫在庫'],
    ['other widths and blanks', '商品コード,商品名,原宿店 在庫,ＮＥＷ　ＥＲＡ　渋谷在庫,倉庫在庫数'],
  ])('the name is followed by %s', (_ending, header) => {
    expect(columnsOf(header)).toEqual(['2:1', '3:3', '4:90']);
  });

  test('a stock column of an unknown store is known as such, one of totals or limits is not one', () => {
    expect(columnsOf('商品コード,原宿店在庫,新宿店在庫,合計在庫,総在庫,在庫合計,在庫計,適正在庫')).toEqual([
      '1:1',
      '2:?',
    ]);
  });

  test('a quantity column beside store columns is a total, unless the file is of one store', () => {
    expect(columnsOf('商品コード,在庫数,原宿店在庫')).toEqual(['2:1']);
    expect(stockOf('商品コード,在庫数,原宿店在庫', { fileName: 'store3.csv' })).toMatchObject({
      shape: 'one-store',
      quantity: 1,
    });
  });

  test('columns of unknown stores only are no layout', () => {
    expect(stockOf('商品コード,新宿店在庫')).toMatchObject({
      missing: [expect.stringContaining('quantity')],
    });
  });
});

describe('a correction', () => {
  test('is known by its first two columns, which are not ours to read', () => {
    const found = layoutOf('line,reason,店舗ID,商品コード,在庫数,,'.split(','), context);
    expect(found).toMatchObject({
      layout: { correction: true, header: ['店舗ID', '商品コード', '在庫数'], productCode: 1 },
    });
  });
});

test('a title or a row of data is no header', () => {
  expect(layoutOf(['在庫一覧'], context)).toMatchObject({ named: 0 });
  expect(layoutOf(['1', '本店', '4901234567894', '12'], context)).toMatchObject({ named: 0 });
});
