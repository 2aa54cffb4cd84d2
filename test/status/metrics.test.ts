import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadStores } from '../../src/config/store-map.ts';
import { archiveHistory } from '../../src/ledger/archive.ts';
import { LedgerFigures } from '../../src/ledger/ledger-figures.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { addPostedSales, takeInSale, tell } from '../support/closed-sales.ts';
import { makeLedger } from '../support/ledger.ts';
import { drop, inventoryFile, makeRetailer } from '../support/retailer.ts';
import { salesFile } from '../support/sales-file.ts';
import { eventually, ServiceProcess } from '../support/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const cap = '4901234000001';

/** A token that ends in 2100, as an OMS makes it. */
const endless = `x.${Buffer.from('{"exp":4102444800}').toString('base64url')}.x`;

async function running(token = endless) {
  const retailer = await makeRetailer({});
  const oms = await startOmsSandbox({
    stores: loadStores(join(retailer.root, 'stores.csv')),
    incoming: undefined,
    clock: systemClock,
    products: [{ idType: 'UPCA', idValue: cap }],
    token,
  });
  onTestFinished(() => oms.close());
  const settings = {
    dataDir: 'data',
    status: { port: 0 },
    inbox: { settleSeconds: 0.1, scanSeconds: 0.2 },
    delivery: { type: 'folder', directory: 'incoming' },
    oms: { baseUrl: oms.url, token: { env: 'TOKEN' } },
  };
  await writeFile(retailer.configPath, JSON.stringify(settings));
  await mkdir(join(retailer.root, 'incoming'));
  await mkdir(retailer.data('inbox', 'sales'), { recursive: true });
  const service = await ServiceProcess.start(retailer.configPath, { TOKEN: token });
  const url = /"status":"([^"]+)"/.exec(service.output)?.[1] ?? '';
  const metrics = async () => {
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    return answer.text();
  };
  return { retailer, metrics };
}

/** The value of one series, its labels in the order in which they are written. */
function figureIn(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
}

test('a day of work can be read from the figures, and dashboard and alert rules name no other', async () => {
  const { retailer, metrics } = await running();
  await drop(retailer, 'zaiko_20261124_0300.csv', inventoryFile(3).bytes);
  const lines = [
    { transaction: 1, product: cap, quantity: 1 },
    { transaction: 2, product: '4909999999999', quantity: 1, store: '2' },
    { transaction: 3, product: cap, quantity: 1, store: '77' },
  ];
  await writeFile(join(retailer.data('inbox', 'sales'), 'a.csv'), salesFile(lines));
  const text = await eventually('posted and delivered', async () => {
    const now = await metrics();
    const refused = figureIn(now, 'flagship_postings{destination="hotwax",state="refused"}');
    return refused === 1 && now.includes('flagship_snapshot_age_seconds{') ? now : undefined;
  });
  expect(figureIn(text, 'flagship_postings{destination="",state="closed"}')).toBe(1);
  expect(figureIn(text, 'flagship_oldest_unposted_seconds{destination="hotwax",store="1"}')).toBe(0);
  expect(figureIn(text, 'flagship_oldest_unposted_seconds{destination="hotwax",store="2"}')).toBeGreaterThan(
    0,
  );
  expect(figureIn(text, 'flagship_rows_read_total{feed="inventory"}')).toBe(6);
  expect(figureIn(text, 'flagship_rows_read_total{feed="sales"}')).toBe(3);
  expect(figureIn(text, 'flagship_rows_rejected_total{feed="sales",reason="unknown-store"}')).toBe(1);
  expect(
    figureIn(text, 'flagship_oms_seconds_count{call="updateInventoryByIdentification",status="200"}'),
  ).toBe(2);
  expect(figureIn(text, 'flagship_oms_token_ends_seconds')).toBeGreaterThan(0);
  expect(Math.abs(figureIn(text, 'flagship_oms_clock_difference_seconds'))).toBeLessThan(60);
  expect(figureIn(text, 'flagship_disk_free_bytes')).toBeGreaterThan(0);
  expect(figureIn(text, 'flagship_ledger_bytes')).toBeGreaterThan(0);
  expect(figureIn(text, 'flagship_snapshot_step_seconds{step="delivery"}')).toBeGreaterThanOrEqual(0);

  const exists = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  for (const document of ['dashboard.json', 'alerts.yaml']) {
    const content = readFileSync(new URL(`../../docs/monitoring/${document}`, import.meta.url), 'utf8');
    const named = [...content.matchAll(/\b(?:flagship|nodejs|process)_\w+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(8);
    const missing = named.filter(
      (name) => !exists.has(name.replace(/_(bucket|count|sum)$/, '')) && !exists.has(name),
    );
    expect(missing).toEqual([]);
  }
});

test('what nobody knows is no number: a token without an end does not look like one that ends now', async () => {
  const { metrics } = await running('a token that is no JSON Web Token');
  expect(await metrics()).toMatch(/^flagship_oms_token_ends_seconds NaN$/im);
});

test('every own figure is described to operators', async () => {
  const { metrics } = await running();
  const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const names = [...(await metrics()).matchAll(/^# TYPE (flagship_\S+)/gm)].map(([, name]) => name ?? '');
  expect(names.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
});

test('the figures of the ledger follow from what is open, and archived history is not counted twice', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 3);
  takeInSale(ledger, { transactionId: 'late', recordedAt: '2026-11-20T05:00:00.000Z' });
  takeInSale(ledger, { transactionId: 'early', recordedAt: '2026-11-20T04:00:00.000Z', quantity: 2 });
  tell(ledger, takeInSale(ledger, { transactionId: 'lost', storeId: '3' }), undefined);
  const figures = new LedgerFigures(ledger.database);
  expect(figures.counts().filter(({ count }) => count > 0)).toEqual([
    { destination: 'hotwax', state: 'due', count: 2 },
    { destination: 'hotwax', state: 'in-doubt', count: 1 },
    { destination: '', state: 'closed', count: 3 },
  ]);
  await archiveHistory({
    database: ledger.database,
    folder: await temporaryFolder(),
    file: 'ledger-until-2026-11-21.db',
    before: Date.parse('2026-11-21T00:00:00Z'),
    who: 'test',
    clock: systemClock,
    dryRun: false,
  });
  expect(figures.counts().at(-1)).toEqual({ destination: '', state: 'closed', count: 0 });
  expect(figures.oldest()).toEqual([
    { destination: 'hotwax', storeId: '1', recordedAt: Date.parse('2026-11-20T04:00:00.000Z') },
    { destination: 'hotwax', storeId: '3', recordedAt: Date.parse('2026-11-20T03:00:00.000Z') },
  ]);
});
