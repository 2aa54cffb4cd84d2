import { expect, test } from 'vitest';
import { resetFileName } from '../../src/hotwax/reset-csv.ts';
import { ResetRows } from '../../src/hotwax/reset-rows.ts';
import { store } from '../support/small-retailer.ts';

const settings = { lineEnd: 'lf', comments: '', idType: 'UPCA' } as const;
const shibuya = store('3', 'shibuya');

test('columns are the configured ones, in their order and spelling', () => {
  const rows = new ResetRows({
    ...settings,
    columns: [
      { name: 'FacilityId', from: 'facilityId' },
      'idType',
      'idValue',
      { name: 'AvailableQty', from: 'availableQty' },
    ],
  });
  expect(rows.header).toEqual(['FacilityId', 'idType', 'idValue', 'AvailableQty']);
  expect(rows.row(shibuya, '0012', -3)).toEqual(['CAP_SHIBUYA', 'UPCA', '0012', '-3']);
});

test('every column has its value from the store map, the settings or the row', () => {
  const rows = new ResetRows({
    ...settings,
    comments: 'morning',
    resetByAtp: false,
    columns: [
      'externalFacilityId',
      'locationSeqId',
      'idValue',
      'availableQty',
      'resetByAtp',
      'comments',
      'productId',
      'facilityId',
    ],
  });
  expect(rows.row(shibuya, 'A', 5)).toEqual([
    '3',
    'TLTLTLLL01',
    'A',
    '5',
    'false',
    'morning',
    '',
    'CAP_SHIBUYA',
  ]);
  expect(rows.row(store('1', 'harajuku'), 'B', 0)[0]).toBe('1');
});

test('a column may stand in the file twice', () => {
  const rows = new ResetRows({
    ...settings,
    columns: ['idValue', { name: 'sku', from: 'idValue' }, 'availableQty'],
  });
  expect(rows.row(shibuya, 'A', 5)).toEqual(['A', 'A', '5']);
});

test('the name of the file tells when the stock was taken, on local clocks', () => {
  expect(resetFileName(Date.parse('2026-11-23T18:00:05Z'), 'Asia/Tokyo')).toBe(
    'reset_inventory_20261124_030005.csv',
  );
});
