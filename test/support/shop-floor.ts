import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Service, startService } from '../../src/app.ts';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { loadStores } from '../../src/config/store-map.ts';
import { FileRecords } from '../../src/ledger/file-records.ts';
import { SnapshotRecords } from '../../src/ledger/snapshot-records.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { showLocal } from '../../src/platform/time-zone.ts';
import { type OmsSandbox, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { openTestLedger, type TestLedger } from './ledger.ts';
import { makeRetailer, type Retailer } from './retailer.ts';
import { type SalesLine, salesFile } from './sales-file.ts';

export const cap = '4901234000001';
export const hat = '4901234000002';
/** What the OMS has never heard of. */
export const unknownProduct = '4909999999999';

export const pageToken = 'page-token-of-the-test';

export interface ShopFloor {
  retailer: Retailer;
  oms: OmsSandbox;
  service: Service;
  url: string;
  /** Ends the service before the test does. */
  stop(): Promise<void>;
  /** Drops a sales file with these lines, sold just now unless they say otherwise. */
  sell(name: string, lines: readonly SalesLine[]): Promise<void>;
}

/** The whole service in this process, with its status page, on an OMS sandbox. `before` fills the ledger first. */
export async function openShop({
  settings = {},
  before = () => {},
  storeMap,
  hasInventory = false,
}: {
  settings?: object;
  before?: (ledger: TestLedger) => void;
  /** Another store map than that of the small retailer. */
  storeMap?: string;
  /** An inventory file was taken in already, and replaced since: nobody misses one. */
  hasInventory?: boolean;
} = {}): Promise<ShopFloor> {
  const retailer = await makeRetailer({});
  if (storeMap) await copyFile(storeMap, join(retailer.root, 'stores.csv'));
  const oms = await startOmsSandbox({
    stores: loadStores(join(retailer.root, 'stores.csv')),
    incoming: join(retailer.root, 'incoming'),
    clock: systemClock,
    products: [cap, hat].map((idValue) => ({ idType: 'UPCA', idValue })),
  });
  onTestFinished(() => oms.close());
  await mkdir(join(retailer.root, 'incoming'));
  await writeFile(
    retailer.configPath,
    JSON.stringify({
      dataDir: 'data',
      inbox: { settleSeconds: 0.1, scanSeconds: 0.2 },
      delivery: { type: 'folder', directory: 'incoming' },
      oms: { baseUrl: oms.url, token: { env: 'TOKEN' } },
      reset: resetFarAway(),
      status: { port: 0, token: { env: 'PAGE_TOKEN' } },
      ...settings,
    }),
  );
  const ledger = openTestLedger(retailer.data('flagship.db'));
  if (hasInventory) addReplacedInventory(ledger);
  before(ledger);
  ledger.database.close();
  const environment = { TOKEN: oms.token, PAGE_TOKEN: pageToken };
  const configuration = loadConfiguration(retailer.configPath, environment);
  const log = createLogger('silent');
  const service = await startService({ configuration, clock: systemClock, log });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= service.stop(AbortSignal.timeout(5_000));
    return stopped;
  };
  onTestFinished(stop);
  return {
    retailer,
    oms,
    service,
    url: service.statusUrl ?? '',
    stop,
    async sell(name, lines) {
      const now = new Date(systemClock.now()).toISOString();
      await writeFile(join(retailer.root, name), salesFile(lines.map((line) => ({ at: now, ...line }))));
      await rename(join(retailer.root, name), join(service.folders.inbox.sales, name));
    },
  };
}

/** Whatever the time is, the next reset is twelve hours away, and so was the last. */
function resetFarAway(): { deadline: string; appliesAt: string } {
  const timeOfDay = (at: number) => showLocal(at, 'Asia/Tokyo').slice(11, 16);
  const appliesAt = systemClock.now() + 12 * 60 * 60_000;
  return { deadline: timeOfDay(appliesAt - 30 * 60_000), appliesAt: timeOfDay(appliesAt) };
}

function addReplacedInventory({ database }: TestLedger): void {
  const now = systemClock.now();
  const fileId = new FileRecords(database).add({
    feed: 'inventory',
    workName: 'earlier',
    name: 'earlier.csv',
    bytes: 1,
    sha256: 'earlier',
    contentSha256: null,
    modifiedAt: now,
    finishedAt: now,
    outcome: 'accepted',
    reason: null,
    message: null,
    keptAs: 'archive/earlier.csv',
    rejectedAs: null,
  });
  const snapshot = {
    fileId,
    takenAt: 0,
    correction: false,
    resetName: 'earlier',
    resetBytes: 1,
    resetSha256: 'earlier',
    rows: 1,
    written: 1,
    rejected: 0,
    stores: [],
    state: 'superseded' as const,
    reason: null,
  };
  new SnapshotRecords(database).add(snapshot, now, 'flagship');
}
