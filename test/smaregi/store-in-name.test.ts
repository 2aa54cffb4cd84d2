import { describe, expect, test } from 'vitest';
import { storeInName } from '../../src/smaregi/store-in-name.ts';
import { store } from '../support/small-retailer.ts';

const stores = [
  store('3', 'shibuya'),
  store('30', 'gotemba'),
  { ...store('7', 'tokyo'), storeCode: 'TK-01' },
  { ...store('8', 'osaka'), storeCode: 'TK-01_B' },
];

describe('the store that a file name gives', () => {
  test.each([
    ['zaiko_store3_20261124.csv', '3'],
    ['zaiko_store30_20261124.csv', '30'],
    ['STORE-3.csv.gz', '3'],
    ['store_3.zip', '3'],
    ['store 3 zaiko.csv', '3'],
    ['store-TK-01.csv', '7'],
    ['Store-tk-01_20261124.csv', '7'],
    ['store-TK-01_B.csv', '8'],
    ['ｓｔｏｒｅ３.csv', '3'],
    ['stores_zaiko_store3.csv', '3'],
    ['store_zaiko_store30_0300.csv', '30'],
    ['store3_20261124_0300.csv.rejected.csv', '3'],
  ])('%s names store %s', (name, storeId) => {
    expect(storeInName(name, stores)?.store?.storeId).toBe(storeId);
  });

  test.each(['zaiko_store99.csv', 'store300_20261124.csv', 'store-XX9.csv', 'store3a.csv'])(
    '%s names a store that is not in the map',
    (name) => {
      expect(storeInName(name, stores)).toEqual({ store: undefined });
    },
  );

  test.each([
    'zaiko.csv',
    'zaiko_3.csv',
    'restore3.csv',
    'stores_20261124.csv',
    'store_20261124_0300.csv',
    'store_inventory.csv',
    'all_stores.csv',
  ])('%s names none', (name) => {
    expect(storeInName(name, stores)).toBeUndefined();
  });
});
