import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { loadStores, storesFor } from '../../src/config/store-map.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const header = 'storeId,storeCode,name,facilityId,externalFacilityId,locationSeqId,kind,online';

async function load(...lines: string[]) {
  const path = join(await temporaryFolder(), 'stores.csv');
  await writeFile(path, lines.join('\n'));
  return loadStores(path);
}

test('a line is a store', async () => {
  expect(await load(header, '3,TK03,原宿店,HARAJUKU,3,TLTLTLLL01,store,yes', '')).toEqual([
    {
      storeId: '3',
      storeCode: 'TK03',
      name: '原宿店',
      facilityId: 'HARAJUKU',
      externalFacilityId: '3',
      locationSeqId: 'TLTLTLLL01',
      kind: 'store',
      online: true,
    },
  ]);
});

test('a byte order mark and another order of columns do no harm', async () => {
  const [store] = await load(
    '\uFEFFonline,kind,locationSeqId,externalFacilityId,facilityId,name,storeCode,storeId',
    'no,outlet,L,,F,アウトレット,O,9',
  );
  expect(store).toMatchObject({ storeId: '9', kind: 'outlet', online: false, facilityId: 'F' });
});

test('all faults are told at once, each with its line', async () => {
  const message = await load(
    header,
    '1,A,本店,F1,1,L,shop,yes',
    ',B,駅前店,F2,2,L,store,maybe',
    '1,C,空港店,,,L,store,no',
  ).catch((error: unknown) => (error as Error).message);
  expect(message).toContain('line 2: kind must be store, outlet or warehouse, not "shop"');
  expect(message).toContain('line 3: storeId is empty');
  expect(message).toContain('line 3: online must be yes or no, not "maybe"');
  expect(message).toContain('line 4: facilityId and externalFacilityId are both empty');
  expect(message).toContain('storeId "1" stands in more than one line');
});

test.each([
  ['a missing column', ['storeId,name', '1,本店'], 'column missing: storeCode'],
  ['no store at all', [header], 'no store in it'],
])('%s is refused', async (_what, lines, message) => {
  await expect(load(...lines)).rejects.toThrow(message);
});

test('a file that is not there is named', () => {
  expect(() => loadStores('/nowhere/stores.csv')).toThrow('/nowhere/stores.csv');
});

test.each([
  [
    'a store that the configuration names but the map does not have',
    { inventory: { store: '77' } },
    'inventory.store of the configuration is "77"',
  ],
  [
    'a store without any of the facility columns that the Reset CSV has',
    { reset: { columns: ['externalFacilityId', 'idValue', 'availableQty'] } },
    'store 3 has no externalFacilityId',
  ],
])('%s is a fault', async (_what, settings, fault) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'flagship.json');
  await writeFile(join(folder, 'stores.csv'), [header, '3,TK03,原宿店,HARAJUKU,,,store,yes'].join('\n'));
  await writeFile(path, JSON.stringify({ delivery: { type: 'folder', directory: 'out' }, ...settings }));
  expect(() => storesFor(loadConfiguration(path, {}))).toThrow(fault);
});
