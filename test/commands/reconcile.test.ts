import { readFile, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { dataFolders } from '../../src/config/data-folders.ts';
import { loadStores } from '../../src/config/store-map.ts';
import { parseCsv } from '../../src/csv/parse.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { ReconciliationRecords } from '../../src/ledger/reconciliation-records.ts';
import { startNightly } from '../../src/levels/nightly.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { nextTimeOfDay } from '../../src/platform/time-zone.ts';
import { type ResetShop, resetShop } from '../support/reset-shop.ts';
import { eventually } from '../support/service-process.ts';
import { noticesIn, startWebhookReceiver } from '../support/webhook-receiver.ts';

interface Found {
  levels: number;
  equal: number;
  withinOpen: number;
  zeroed: number;
  lost: number;
  doubled: number;
  changed: number;
  driftFile: string | null;
  examples: { class: string; productCode: string; proposal: string }[];
}

async function reconcile(shop: ResetShop, ...args: string[]): Promise<{ code: number | null; found: Found }> {
  const { code, stdout } = await shop.run('reconcile', '--json', ...args);
  return { code, found: JSON.parse(stdout) as Found };
}

const counts = ({ equal, withinOpen, zeroed, lost, doubled, changed }: Found) => [
  equal,
  withinOpen,
  zeroed,
  lost,
  doubled,
  changed,
];

const set = ({ oms }: ResetShop, facilityId: string, idValue: string, change: number) => {
  const product = { idType: 'UPCA', idValue };
  oms.levels.set(facilityId, product, oms.levels.get(facilityId, product) + change);
};

async function soldOut(settings: object = {}): Promise<ResetShop> {
  const shop = await resetShop({ reconcile: { batchSize: 2, requestsPerSecond: null }, ...settings });
  await shop.start();
  await shop.reset('zaiko_20260101_0300.csv', [
    ['1', 'cap', 10],
    ['2', 'cap', 5],
    ['1', 'hat', 8],
    ['30', 'hat', 8],
    ['1', 'bag', 3],
    ['1', 'pin', 7],
  ]);
  const at = new Date().toISOString();
  await shop.sell('a.csv', [
    { transaction: 1, product: 'cap', quantity: 2, at },
    { transaction: 2, product: 'hat', quantity: 3, at, store: '30' },
    { transaction: 3, product: 'new', quantity: 1, at },
  ]);
  await eventually('told', () => shop.level('HARAJUKU', 'cap') === 8 && shop.level('GOTEMBA', 'hat') === 5);
  await eventually('refused', async () =>
    (await shop.run('postings', '--state', 'refused')).stdout.includes('new'),
  );
  return shop;
}

test('levels are equal, explained by what is open, or listed with what became of them and what to do', async () => {
  const hook = await startWebhookReceiver();
  const alarms = { everySeconds: 0.2, calmSeconds: 0, webhooks: [{ url: hook.url }] };
  const shop = await soldOut({ alarms });
  const first = await reconcile(shop);
  expect([first.code, counts(first.found)]).toEqual([0, [6, 1, 0, 0, 0, 0]]);

  set(shop, 'HARAJUKU', 'cap', 2); // the OMS lost the sale
  set(shop, 'GOTEMBA', 'hat', -3); // it has the sale twice
  set(shop, 'HARAJUKU', 'bag', 40); // somebody counted
  shop.oms.levels.hidden.add('pin');
  const second = await reconcile(shop, '--output', shop.path('drift.csv'));
  expect([second.code, counts(second.found)]).toEqual([1, [2, 1, 1, 1, 1, 1]]);
  const [byteOrderMark, ...drift] = parseCsv(await readFile(shop.path('drift.csv'), 'utf8'));
  expect(byteOrderMark?.[0]).toBe('class');
  expect(drift.map((cells) => [cells[0], ...cells.slice(2, 9)])).toEqual([
    ['changed', 'HARAJUKU', 'bag', '3', '3', '43', '40', ''],
    ['lost', 'HARAJUKU', 'cap', '8', '8', '10', '2', ''],
    ['doubled', 'GOTEMBA', 'hat', '5', '5', '2', '-3', ''],
    ['within-open', 'HARAJUKU', 'new', '-1', '0', '0', '0', ''],
    ['zeroed', 'HARAJUKU', 'pin', '7', '7', '0', '-7', 'BROKERING_DISABLED'],
  ]);
  await eventually('somebody is told', () => noticesIn(hook).includes('start levels-differ'));

  // What is proposed mends it, once a person has run it.
  for (const { proposal } of second.found.examples.filter((example) => example.proposal)) {
    const [, ...args] = (proposal.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
    expect(await shop.run(...args)).toMatchObject({ code: 0 });
  }
  await eventually('mended', () => shop.level('HARAJUKU', 'cap') === 8 && shop.level('GOTEMBA', 'hat') === 5);
  const third = await reconcile(shop);
  expect(counts(third.found)).toEqual([4, 1, 1, 0, 0, 1]);
  expect((await shop.run('ledger', 'verify')).code).toBe(0);
  await eventually('that is over', () => noticesIn(hook).includes('end levels-differ'));
  const status = JSON.parse((await shop.run('status', '--json')).stdout) as { reconciliation: Found };
  expect(status.reconciliation).toMatchObject({
    changed: 1,
    source: 'oms',
    driftFile: third.found.driftFile,
  });
}, 180_000);

test('an exported file is compared as well, in either of its spellings, with what nobody expects', async () => {
  const shop = await soldOut();
  const header = 'product-id,internal-name,product-id-value,facility-id,external-id,ATP';
  const rows = [
    '1,c,cap,HARAJUKU,1,8',
    '1,c,cap,,2,5.000',
    '2,h,hat,HARAJUKU,1,8',
    '2,h,hat,GOTEMBA,30,5',
    '3,b,bag,HARAJUKU,1,3',
    '4,p,pin,HARAJUKU,1,7',
    '5,x,=ghost,KYOTO,3,9',
    '1,c,cap,WAREHOUSE,9,999',
  ];
  await writeFile(shop.path('levels.csv'), [header, ...rows].join('\n'));
  const { code, found } = await reconcile(shop, '--levels', shop.path('levels.csv'));
  expect([code, counts(found)]).toEqual([1, [6, 1, 0, 0, 0, 1]]);
  expect(await readFile(found.driftFile ?? '', 'utf8')).toContain("changed,3,KYOTO,'=ghost,,,9,9,,");
  await writeFile(shop.path('bad.csv'), 'a,b\n1,2\n');
  const bad = await shop.run('reconcile', '--levels', shop.path('bad.csv'));
  expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('[levels-file-unreadable]') });
}, 120_000);

test('the service compares by itself once a day', async () => {
  const shop = await soldOut();
  set(shop, 'HARAJUKU', 'bag', 40);
  const configuration = loadConfiguration(shop.retailer.configPath, { TOKEN: shop.oms.token });
  configuration.reconcile.at = '03:00';
  const folders = dataFolders(configuration.dataDir);
  const database = openLedger(folders.ledger);
  const stores = loadStores(configuration.stores);
  const night = nextTimeOfDay(systemClock.now(), '03:00', configuration.timeZone);
  const ahead = night - 500 - systemClock.now();
  const clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const log = createLogger('silent');
  const nightly = startNightly({ configuration, folders, stores, database, clock, log });
  onTestFinished(async () => {
    await nightly?.stop(AbortSignal.timeout(5_000));
    database.close();
  });
  const records = new ReconciliationRecords(database);
  const found = await eventually('compared', () => records.last());
  expect(found).toMatchObject({ source: 'oms', levels: 7, changed: 1 });
  expect(found.at).toBeGreaterThanOrEqual(night);
  expect(found.driftFile).toContain('drift_');
}, 120_000);
