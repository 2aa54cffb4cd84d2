import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { BusyStores, type Deed } from '../../src/sandbox/busy-stores.ts';
import { type RetailerSandbox, startRetailerSandbox } from '../../src/sandbox/retailer-sandbox.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { eventually, flagship, ServiceProcess } from '../support/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const idType = 'UPCA';

async function connectedRetailer() {
  const root = await temporaryFolder();
  const world = await startRetailerSandbox(root, systemClock, { connected: true });
  onTestFinished(() => world.close());
  world.levelOms();
  const settings = JSON.parse(readFileSync(world.configPath, 'utf8'));
  writeFileSync(world.configPath, JSON.stringify({ ...settings, log: { level: 'trace' } }));
  const environment = Object.fromEntries(
    Object.entries(world.environment).map(([name, value]) => [name, value ?? '']),
  );
  return { root, world, environment };
}

function differing({ stores, products, smaregi, oms }: RetailerSandbox): string[] {
  return stores
    .filter(({ kind }) => kind !== 'warehouse')
    .flatMap(({ storeId, facilityId }) =>
      products.map(({ productId, productCode }) => ({
        row: `${storeId} ${productCode}`,
        smaregi: smaregi.book.available(storeId, productId),
        oms: oms.levels.get(facilityId, { idType, idValue: productCode }),
      })),
    )
    .filter((level) => level.smaregi !== level.oms)
    .map(({ row, smaregi: left, oms: right }) => `${row}: ${left} in Smaregi, ${right} in the OMS`);
}

function statusUrl(output: string): string | undefined {
  return /"status":"(http[^"]+)"/.exec(output)?.[1];
}

test('a day of everything, with webhooks and without, ends equal; each packing is written once, and nothing echoes', async () => {
  const { root, world, environment } = await connectedRetailer();
  const { oms, smaregi } = world;
  const service = await ServiceProcess.start(world.configPath, environment);
  const stores = new BusyStores({
    ...world,
    book: smaregi.book,
    till: smaregi.till,
    orders: oms.orders,
    random: seededRandom(7),
    now: () => systemClock.now(),
  });
  const done = new Set<Deed>();
  const bustle = async (deeds: number) => {
    for (let deed = 1; deed <= deeds; deed += 1) {
      done.add(stores.act());
      if (deed % 20 === 0) {
        oms.orders.pack();
        await oms.orders.writeFeed();
      }
      await delay(20);
    }
  };
  world.webhooksTo(await eventually('the service says where it is', () => statusUrl(service.output)));
  smaregi.faults.set({ webhooks: { lose: 4, repeat: 4 } });
  // What moved before belongs to the levels of last night; Smaregi's times are whole seconds.
  await eventually('stock is followed', () => service.output.includes('followed from here on'));
  await delay(1_100);
  await bustle(80);
  world.webhooksTo(undefined);
  smaregi.faults.set({
    reads: { status: { code: 429, times: 3, retryAfter: 1 } },
    writes: { status: { code: 429, times: 2, retryAfter: 1 }, dropBefore: 2, dropAfter: 2 },
  });
  await bustle(80);
  oms.orders.pack();
  await oms.orders.writeFeed();

  await eventually(
    'all packings are written and all levels are equal',
    () => smaregi.additions.length >= oms.orders.packings && differing(world).length === 0,
    90_000,
  );
  await delay(3_000); // whatever would still come back has come
  expect(differing(world)).toEqual([]);
  expect(done.size).toBe(10);
  expect(smaregi.additions).toHaveLength(oms.orders.packings);
  expect(new Set(smaregi.additions.map(({ memo }) => memo)).size).toBe(oms.orders.packings);

  const ledger = openLedger(`${root}/data/flagship.db`);
  onTestFinished(() => {
    ledger.close();
  });
  const count = (sql: string) => ledger.prepare(sql).pluck().get() as number;
  const echoes = () => count(`SELECT count(*) FROM movement WHERE kind = 'echo'`);
  await eventually('every write is seen to be an echo', () => echoes() === oms.orders.packings, 60_000);
  expect(count(`SELECT count(*) FROM movement JOIN posting ON movement_id = id WHERE kind = 'echo'`)).toBe(0);
  expect(differing(world)).toEqual([]);
  expect(oms.calls.filter(({ result }) => result !== 'applied')).toEqual([]);

  expect(await service.stop()).toBe(0);
  const { clientId, clientSecret } = smaregi.application;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  for (const secret of [...Object.values(environment), basic, 'sandbox-smaregi-token']) {
    expect(service.output).not.toContain(secret);
  }
  const verified = await flagship(['ledger', 'verify', '--config', world.configPath], environment);
  expect(verified.code).toBe(0);
}, 180_000);
