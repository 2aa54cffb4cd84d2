import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadStores } from '../../src/config/store-map.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type OmsSandbox, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { type SmaregiSandbox, sandboxApplication } from '../../src/sandbox/smaregi-sandbox.ts';
import { makeRetailer } from './retailer.ts';
import { eventually, ServiceProcess } from './service-process.ts';
import { makeSmaregi, products } from './smaregi.ts';

const webhook = { header: 'X-Flagship-Key', value: 'the-webhook-key' };
const idType = 'UPCA';

export interface ConnectedShop {
  smaregi: SmaregiSandbox;
  oms: OmsSandbox;
  start(): Promise<ServiceProcess>;
  /** Has Smaregi tell a service of its changes. */
  connect(service: ServiceProcess): Promise<void>;
  /** Rows of (store, product) where the OMS holds something else than Smaregi. */
  differing(): string[];
  /** A figure out of the ledger. */
  count(sql: string): number;
}

/** A small retailer whose tills are followed by the API: stores 1 and 2, three products, ten of each everywhere. */
export async function connectedShop(
  from: 'stock-changes' | 'transactions-api',
  settings: { smaregi?: object; oms?: object; reasons?: readonly string[] } = {},
): Promise<ConnectedShop> {
  const retailer = await makeRetailer({});
  const stores = loadStores(join(retailer.root, 'stores.csv'));
  const oms = await startOmsSandbox({
    stores,
    incoming: undefined,
    clock: systemClock,
    products: products.map(({ productCode }) => ({ idType, idValue: productCode })),
    reasons: settings.reasons ?? [],
  });
  onTestFinished(() => oms.close());
  const smaregi = await makeSmaregi({ storeIds: stores.map(({ storeId }) => storeId) });
  const rows = stores
    .filter(({ kind }) => kind !== 'warehouse')
    .flatMap((store) => products.map((product) => ({ ...store, ...product })));
  for (const { storeId, productId, productCode, facilityId } of rows) {
    smaregi.book.begin(storeId, productId, 10);
    oms.levels.set(facilityId, { idType, idValue: productCode }, 10);
  }
  const { contractId, clientId, clientSecret } = sandboxApplication;
  await writeFile(
    retailer.configPath,
    JSON.stringify({
      dataDir: 'data',
      status: { port: 0 },
      delivery: { type: 'folder', directory: 'incoming' },
      oms: { baseUrl: oms.url, token: { env: 'TOKEN' }, requestsPerSecond: 100, ...settings.oms },
      sales: { from },
      smaregi: {
        baseUrl: smaregi.url,
        idUrl: smaregi.url,
        contractId,
        clientId,
        clientSecret: { env: 'SMAREGI_SECRET' },
        webhook: { header: webhook.header, value: { env: 'WEBHOOK_KEY' } },
        pollSeconds: 600,
        limits: { readsPerSecond: 100, writesPerSecond: 50 },
        ...settings.smaregi,
      },
      log: { level: 'trace' },
    }),
  );
  const environment = { TOKEN: oms.token, SMAREGI_SECRET: clientSecret, WEBHOOK_KEY: webhook.value };
  return {
    smaregi,
    oms,
    start: () => ServiceProcess.start(retailer.configPath, environment),
    async connect(service) {
      const url = await eventually('the service says where it listens', () => {
        return /"status":"(http[^"]+)"/.exec(service.output)?.[1];
      });
      await eventually('Smaregi is followed', () => smaregi.reads.served > 0 && isRead());
      smaregi.webhooks.to({ url: `${url}/webhooks/smaregi`, ...webhook });
    },
    differing: () =>
      rows
        .filter(({ storeId, productId, productCode, facilityId }) => {
          const held = oms.levels.get(facilityId, { idType, idValue: productCode });
          return held !== smaregi.book.available(storeId, productId);
        })
        .map(({ storeId, productCode }) => `${storeId} ${productCode}`),
    count,
  };

  function isRead(): boolean {
    return count('SELECT count(*) FROM reading') > 0;
  }

  function count(sql: string): number {
    const database = openLedger(retailer.data('flagship.db'));
    try {
      return database.prepare(sql).pluck().get() as number;
    } finally {
      database.close();
    }
  }
}
