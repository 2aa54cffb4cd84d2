import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeCp932 } from '../support/cp932.ts';
import { drop, inventoryFile, makeRetailer, namesIn } from '../support/retailer.ts';
import { eventually, flagship, ServiceProcess } from '../support/service-process.ts';

const varianceHeader =
  'facilityId,externalFacilityId,idType,idValue,availableDelta,locationSeqId,varianceReasonId,comments\n';

async function office(settings: object = {}) {
  const retailer = await makeRetailer({
    delivery: { type: 'folder', directory: 'incoming' },
    oms: { baseUrl: 'https://oms.example', token: { env: 'TOKEN' } },
    ...settings,
  });
  await mkdir(join(retailer.root, 'incoming'), { recursive: true });
  const path = (name: string) => join(retailer.root, name);
  return {
    retailer,
    path,
    write: (name: string, lines: string[]) => writeFile(path(name), `${lines.join('\n')}\n`),
    read: (name: string) => readFile(path(name), 'utf8'),
    run: (...args: string[]) => flagship(['warehouse', ...args, '--config', retailer.configPath]),
  };
}

test('the first split is written as changes from nothing, with the page to upload it to', async () => {
  const { write, read, run, path } = await office();
  await write('a.csv', ['product,total,B2B,B2C', '4901234000001,10,4,6', '4901234000002,5,5,0']);
  const done = await run(path('a.csv'), path('out.csv'));
  expect(done.code).toBe(0);
  expect(done.stdout).toContain(
    'https://oms.example/commerce/control/ShopifyImportData?configId=IMP_INV_VAR_SHOPIFY',
  );
  expect(await read('out.csv')).toBe(`${varianceHeader},9,UPCA,4901234000001,6,TLTLTLLL01,VAR_MANUAL,\n`);
});

test('only what is recorded as uploaded is what the next split is compared with', async () => {
  const { write, read, run, path } = await office();
  await write('a.csv', ['product,total,B2B,B2C', '1,10,4,6', '2,5,0,5', '3,1,0,1']);
  await write('b.csv', ['product,total,B2B,B2C', '1,10,7,3', '2,9,0,9']);
  await run(path('a.csv'), path('out.csv'));
  await run(path('b.csv'), path('before.csv'));
  expect(await read('before.csv')).toContain(',UPCA,1,3,');
  expect((await run(path('a.csv'), path('out.csv'), '--done')).code).toBe(0);
  const next = await run(path('b.csv'), path('after.csv'), '--json');
  expect(JSON.parse(next.stdout)).toMatchObject({ rows: 2, units: 1, kept: 1 });
  expect((await read('after.csv')).split('\n').slice(1, 3)).toEqual([
    ',9,UPCA,1,-3,TLTLTLLL01,VAR_MANUAL,',
    ',9,UPCA,2,4,TLTLTLLL01,VAR_MANUAL,',
  ]);
  const again = await run(path('a.csv'), path('out.csv'), '--done');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('recorded already') });
});

test('a file that was changed after it was written is not recorded', async () => {
  const { write, run, path } = await office();
  await write('a.csv', ['product,total,B2B,B2C', '1,10,4,6']);
  await run(path('a.csv'), path('out.csv'));
  await writeFile(path('out.csv'), 'something else');
  const refused = await run(path('a.csv'), path('out.csv'), '--done');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('[allotment-differs]') });
});

test('an absolute file is a Reset CSV of every product', async () => {
  const { write, read, run, path } = await office();
  await write('a.csv', ['product,total,B2B,B2C', '1,10,4,6', '2,5,5,0']);
  const done = await run(path('a.csv'), path('out.csv'), '--absolute');
  expect(done.stdout).toContain('/commerce/control/ImportData?configId=RESET_INVENTORY');
  expect(await read('out.csv')).toBe(
    'facilityId,externalFacilityId,locationSeqId,idType,idValue,availableQty\n' +
      ',9,TLTLTLLL01,UPCA,1,6\n,9,TLTLTLLL01,UPCA,2,0\n',
  );
});

test('Japanese headers, Shift_JIS, other orders, thousands and titles above are read', async () => {
  const { read, run, path } = await office();
  const text =
    '配分表 11月\r\n"EC（B2C）","卸（B2B）","倉庫在庫合計","商品コード"\r\n"1,200","３００","1,500","\t4901"\r\n';
  await writeFile(path('a.csv'), encodeCp932(text));
  expect((await run(path('a.csv'), path('out.csv'))).code).toBe(0);
  expect(await read('out.csv')).toContain(',UPCA,4901,1200,');
});

test('every fault is named with its line, and nothing is written', async () => {
  const { write, run, path, retailer } = await office();
  await write('a.csv', [
    '商品コード,合計,B2B,B2C,店舗',
    '1,10,4,6,WH09',
    '2,10,4,5,',
    '3,-1,0,-1,',
    '1,10,4,6,',
    ',1,1,0,',
    '5,x,1,0,',
    '6,1,1,0,原宿店',
    '7,1,1,0,somewhere',
    '8,1,1',
  ]);
  const refused = await run(path('a.csv'), path('out.csv'), '--json');
  expect(refused.code).toBe(3);
  const { faults } = JSON.parse(refused.stdout) as { faults: { line: number; reason: string }[] };
  expect(faults.map(({ line, reason }) => [line, reason])).toEqual([
    [3, 'split'],
    [4, 'negative'],
    [4, 'negative'],
    [5, 'repeated-product'],
    [6, 'no-product-code'],
    [7, 'bad-quantity'],
    [8, 'store-facility'],
    [9, 'other-facility'],
    [10, 'column-count'],
  ]);
  expect(await namesIn(retailer.root)).not.toContain('out.csv');
});

test('a product that no snapshot, movement, allotment or list knows is refused', async () => {
  const { write, run, path, retailer } = await office({ oms: null, warehouse: { products: 'known.csv' } });
  await write('known.csv', ['name,JAN', 'cap,listed']);
  const service = await ServiceProcess.start(retailer.configPath);
  await drop(retailer, 'zaiko_20261124_0300.csv', inventoryFile(3).bytes);
  await eventually('delivered', async () => (await namesIn(join(retailer.root, 'incoming'))).length > 0);
  await service.stop();
  await write('a.csv', ['product,total,b2b,b2c', '4901234000002,1,0,1', 'listed,1,0,1', 'unheard,1,0,1']);
  const refused = await run(path('a.csv'), path('out.csv'), '--json');
  expect(refused.code).toBe(3);
  expect(JSON.parse(refused.stdout).faults).toMatchObject([{ line: 4, reason: 'unknown-product' }]);
});

test('a store is never allotted to, a missing file or warehouse is wrong usage, a file of something else is refused', async () => {
  const { write, run, path } = await office();
  await write('a.csv', ['product,total,b2b,b2c', '1,1,0,1']);
  await write('other.csv', ['商品コード,在庫', '1,1']);
  const store = await run(path('a.csv'), path('out.csv'), '--facility', 'HARAJUKU');
  expect(store).toMatchObject({ code: 3, stderr: expect.stringContaining('[warehouse-is-store]') });
  expect(await run(path('a.csv'), path('out.csv'), '--facility', 'nowhere')).toMatchObject({ code: 2 });
  expect(await run(path('none.csv'), path('out.csv'))).toMatchObject({ code: 2 });
  expect(await run(path('a.csv'), path('a.csv'))).toMatchObject({ code: 2 });
  const other = await run(path('other.csv'), path('out.csv'));
  expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('[split-unreadable]') });
  const nowhere = await run(path('a.csv'), path('no/folder/out.csv'));
  expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('[output-failed]') });
});
