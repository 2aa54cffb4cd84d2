import { expect, test } from 'vitest';
import { ProductRecords } from '../../src/ledger/product-records.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { Products } from '../../src/recording/products.ts';
import { makeLedger } from '../support/ledger.ts';
import { makeClient, makeSmaregi } from '../support/smaregi.ts';

async function makeProducts() {
  const smaregi = await makeSmaregi();
  const { database } = await makeLedger();
  const records = new ProductRecords(database);
  const client = makeClient(smaregi.url);
  return { smaregi, products: new Products({ database, records, smaregi: client, clock: systemClock }) };
}

test('a product is asked for once, by id or by code', async () => {
  const { smaregi, products } = await makeProducts();
  const expected = { productId: '1002', productCode: '4900000000002', managed: true };
  expect(await products.byCode('4900000000002')).toEqual(expected);
  expect(await products.byId('1002')).toEqual(expected);
  expect(await products.byCode('4900000000002')).toEqual(expected);
  expect(smaregi.reads.served).toBe(1);
});

test('a product or code that Smaregi does not have is none, and is asked for again', async () => {
  const { smaregi, products } = await makeProducts();
  expect(await products.byId('7777')).toBeUndefined();
  expect(await products.byCode('7777')).toBeUndefined();
  smaregi.setProduct({ productId: '7777', productCode: '7777' });
  expect(await products.byCode('7777')).toMatchObject({ productId: '7777' });
});

test('a code that went to another product belongs to it after a refresh', async () => {
  const { smaregi, products } = await makeProducts();
  await products.byCode('4900000000001');
  smaregi.setProduct({ productId: '1001', productCode: '4900000009999' });
  smaregi.setProduct({ productId: '2001', productCode: '4900000000001' });
  await products.refresh(['1001', '2001']);
  expect(await products.byCode('4900000000001')).toMatchObject({ productId: '2001' });
  expect(await products.byId('1001')).toMatchObject({ productCode: '4900000009999' });
});

test('a sweep reads all of them, stock-managed or not; one that was deleted keeps its code', async () => {
  const { smaregi, products } = await makeProducts();
  smaregi.setProduct({ productId: '1004', productCode: '4900000000004', managed: false });
  expect(await products.sweep()).toBe(4);
  expect(await products.byId('1004')).toMatchObject({ managed: false });
  smaregi.faults.set({ reads: { status: { code: 404, times: 1 } } });
  await products.refresh(['1001']);
  expect(await products.byId('1001')).toMatchObject({ productCode: '4900000000001' });
});
