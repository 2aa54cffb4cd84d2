import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startSftpServer } from '../../src/sandbox/sftp-server.ts';
import { sandboxApplication } from '../../src/sandbox/smaregi-sandbox.ts';
import { countStates } from '../support/ledger.ts';
import { makeRetailer, namesIn, type Retailer } from '../support/retailer.ts';
import { eventually, flagship, ServiceProcess } from '../support/service-process.ts';
import { makeSmaregi, products } from '../support/smaregi.ts';

// The whole proof takes minutes: FLAGSHIP_LONG=1 kills ten times within 500 orders.
const { orders, kills } = process.env.FLAGSHIP_LONG ? { orders: 500, kills: 10 } : { orders: 90, kills: 3 };
const files = 3;
const concurrency = 4;
const login = { username: 'oms', password: 'sftp-secret' };
const environment = { SMAREGI_SECRET: sandboxApplication.clientSecret, SFTP_PASSWORD: login.password };

async function retailerWithSmaregi() {
  const retailer = await makeRetailer({});
  const smaregi = await makeSmaregi({ storeIds: ['1', '2'] });
  // An answer takes a while, as from the real one, so that there is always something under way to kill.
  smaregi.faults.set({ writes: { delayMs: 15, answerDelayMs: 15 } });
  await mkdir(join(retailer.root, 'outgoing'));
  const sftp = await startSftpServer({ root: retailer.root, ...login, clock: systemClock });
  onTestFinished(() => sftp.close());
  const { contractId, clientId } = sandboxApplication;
  const settings = {
    dataDir: 'data',
    status: null,
    inbox: { settleSeconds: 0.1, scanSeconds: 0.2 },
    delivery: { type: 'folder', directory: 'incoming' },
    smaregi: {
      baseUrl: smaregi.url,
      idUrl: smaregi.url,
      contractId,
      clientId,
      clientSecret: { env: 'SMAREGI_SECRET' },
      limits: { readsPerSecond: 200, writesPerSecond: 50, concurrency },
      timeoutSeconds: 1,
    },
    fulfilled: {
      type: 'sftp',
      host: '127.0.0.1',
      port: sftp.port,
      username: login.username,
      password: { env: 'SFTP_PASSWORD' },
      hostKey: sftp.fingerprint,
      directory: '/outgoing',
      pollSeconds: 0.3,
    },
  };
  await writeFile(retailer.configPath, JSON.stringify(settings));
  return { retailer, smaregi };
}

/** Every order once, one row a unit, in a few files; the second file repeats the first. */
async function pack(retailer: Retailer, orders: number): Promise<number> {
  let units = 0;
  const rows = Array.from({ length: orders }, (_, n) => {
    const quantity = 1 + (n % 3);
    units += quantity;
    return `${90_000 + n},${products[n % 3]?.productCode},${1 + (n % 2)},1\n`.repeat(quantity);
  });
  const size = Math.ceil(orders / files);
  for (let file = 0; file < files; file += 1) {
    const from = file === 1 ? 0 : file * size;
    const text = `Order Id,Product Id,Facility Id,Quantity\n${rows.slice(from, (file + 1) * size).join('')}`;
    await writeFile(join(retailer.root, 'aside'), text);
    await rename(join(retailer.root, 'aside'), join(retailer.root, 'outgoing', `packed_${file}.csv`));
  }
  return units;
}

function inLedger<Value>(
  retailer: Retailer,
  look: (database: ReturnType<typeof openLedger>) => Value,
): Value {
  const database = openLedger(retailer.data('flagship.db'));
  try {
    return look(database);
  } finally {
    database.close();
  }
}

test('killed again and again while orders are packed, every unit lowers Smaregi exactly once', async () => {
  const { retailer, smaregi } = await retailerWithSmaregi();
  const units = await pack(retailer, orders);
  const share = Math.floor(orders / (kills + 2));
  for (let kill = 1; kill <= kills; kill += 1) {
    const doomed = await ServiceProcess.start(retailer.configPath, environment);
    await eventually('some orders are packed', () => smaregi.additions.length >= kill * share, 60_000);
    doomed.kill();
    await doomed.exited;
    const states = inLedger(retailer, countStates);
    expect(states.sending ?? 0).toBeLessThanOrEqual(concurrency);
  }
  const last = await ServiceProcess.start(retailer.configPath, environment);
  await eventually('all are packed', () => inLedger(retailer, countStates).posted === orders, 60_000);

  const lowered = smaregi.additions.reduce((sum, { amount }) => sum - Number(amount), 0);
  expect(lowered).toBe(units);
  const memos = smaregi.additions.map(({ memo }) => memo);
  expect(memos).toHaveLength(orders);
  expect(new Set(memos).size).toBe(orders);
  const known = inLedger(retailer, (database) =>
    database.prepare(`SELECT 'flagship:pack:' || substr(key, 1, 5) || ':' || id FROM movement`).pluck().all(),
  );
  expect([...memos].sort()).toEqual(known.sort());
  const receipts = inLedger(retailer, (database) =>
    database.prepare('SELECT change_id FROM receipt').pluck().all(),
  );
  expect(receipts.sort()).toEqual(smaregi.additions.map(({ id }) => id).sort());
  expect(await namesIn(join(retailer.root, 'outgoing', 'archive'))).toEqual([
    'packed_0.csv',
    'packed_1.csv',
    'packed_2.csv',
  ]);

  const { stdout } = await flagship([
    'postings',
    '--transaction',
    '90001',
    '--json',
    '--config',
    retailer.configPath,
  ]);
  expect(JSON.parse(stdout)).toMatchObject([
    { destination: 'smaregi', state: 'posted', kind: 'packed', storeId: '2', quantity: -2, need: 0 },
  ]);
  const story = await flagship([
    'explain',
    '2',
    products[1]?.productCode ?? '',
    '--config',
    retailer.configPath,
  ]);
  expect(story.stdout).toMatch(/told Smaregi .*\n/);
  expect(story.stdout).toContain('All of them are in Smaregi.');
  expect(await last.stop()).toBe(0);
}, 600_000);

test.each(['claimed', 'recorded'])(
  'killed when a file of packed orders is %s, it is taken in once after a restart',
  async (point) => {
    const { retailer, smaregi } = await retailerWithSmaregi();
    const units = await pack(retailer, 6);
    const doomed = await ServiceProcess.start(retailer.configPath, { ...environment, CRASH_AT: point });
    expect((await doomed.exited).signal).toBe('SIGKILL');
    const service = await ServiceProcess.start(retailer.configPath, environment);
    await eventually('all are packed', () => inLedger(retailer, countStates).posted === 6);
    const lowered = smaregi.additions.reduce((sum, { amount }) => sum - Number(amount), 0);
    expect(lowered).toBe(units);
    expect(await namesIn(retailer.data('work'))).toEqual([]);
    expect(await service.stop()).toBe(0);
  },
  60_000,
);
