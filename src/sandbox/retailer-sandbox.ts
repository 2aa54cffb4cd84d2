import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadStores, type Store } from '../config/store-map.ts';
import type { Clock } from '../platform/clock.ts';
import { type OmsSandbox, startOmsSandbox } from './oms-sandbox.ts';
import { startSftpServer } from './sftp-server.ts';
import { type SmaregiSandbox, startSmaregiSandbox } from './smaregi-sandbox.ts';
import { readStock } from './smaregi-stock.ts';

const nightMs = 8 * 3_600_000;
const stockAtNight = 'smaregi_stock_20261124_0300.csv';

/** The retailer in miniature that comes with the program. */
export const sampleFolder = fileURLToPath(new URL('../../data/sample', import.meta.url));

const incoming = 'pos/morning_inventory_sync/staging/incoming';
/** What Flagship calls a product by, unless it is told otherwise. */
const idType = 'UPCA';
const outgoing = 'pos/store_fulfilled_orders/outgoing';
/** What the status page asks for before it lets anybody decide. */
const pageToken = 'sandbox-page';
const webhookHeader = 'x-flagship-sandbox';
const webhookValue = 'sandbox-webhook';
const login = { username: 'sandbox', password: 'sandbox-password' };

export interface RetailerSandbox {
  oms: OmsSandbox;
  smaregi: SmaregiSandbox;
  stores: Store[];
  products: readonly Product[];
  /** A configuration for a service on this sandbox, and the environment that it needs. */
  configPath: string;
  environment: NodeJS.ProcessEnv;
  /** The OMS's incoming folder, as seen from this machine. */
  incoming: string;
  sftpPort: number;
  /** Has Smaregi send its webhooks to a service whose status page is at `url`; undefined: to nobody. */
  webhooksTo(url: string | undefined): void;
  /** As after last night's reset: the OMS has what Smaregi has. */
  levelOms(): void;
  close(): Promise<void>;
}

type Product = { productId: string; productCode: string };

/** Smaregi numbers products as they come. */
const firstProduct = 1001;

/**
 * Starts an OMS with its SFTP server, and a Smaregi, on loopback, with the sample retailer's stores, products and
 * stock, in the folder `root`. `connected`: the service is configured for Smaregi's API and for packed orders; sales
 * and stock come as files otherwise.
 */
export async function startRetailerSandbox(
  root: string,
  clock: Clock,
  { connected = false, statusPort = 0 }: { connected?: boolean; statusPort?: number } = {},
): Promise<RetailerSandbox> {
  const sftpRoot = join(root, 'sftp');
  for (const folder of [incoming, outgoing]) mkdirSync(join(sftpRoot, folder), { recursive: true });
  copyFileSync(join(sampleFolder, 'stores.csv'), join(root, 'stores.csv'));
  const stores = loadStores(join(root, 'stores.csv'));
  const stock = readStock(join(sampleFolder, stockAtNight));
  const codes = [...new Set(stock.map(({ productCode }) => productCode))].sort();
  const products = codes.map((productCode, index) => ({
    productId: String(firstProduct + index),
    productCode,
  }));
  const oms = await startOmsSandbox({
    stores,
    incoming: join(sftpRoot, incoming),
    outgoing: join(sftpRoot, outgoing),
    clock,
  });
  const smaregi = await startSmaregiSandbox({
    storeIds: stores.map(({ storeId }) => storeId),
    products,
    clock,
  });
  // A level that changed in the second in which it begins to be followed would be looked at, all of them one by one.
  const beganAt = clock.now() - nightMs;
  const idOf = new Map(products.map(({ productId, productCode }) => [productCode, productId]));
  for (const { storeId, productCode, quantity } of stock) {
    smaregi.book.begin(storeId, idOf.get(productCode) ?? '', quantity, beganAt);
  }
  const sftp = await startSftpServer({ root: sftpRoot, ...login, clock });
  const place = (directory: string) => ({
    type: 'sftp',
    host: '127.0.0.1',
    port: sftp.port,
    username: login.username,
    password: { env: 'FLAGSHIP_SFTP_PASSWORD' },
    hostKey: sftp.fingerprint,
    directory: `/${directory}`,
  });
  const configuration = {
    dataDir: 'data',
    stores: 'stores.csv',
    inbox: { settleSeconds: 0.5, scanSeconds: 1 },
    delivery: place(incoming),
    // The job runs when somebody says so, and within moments: whatever the time of day, its sign is the evidence.
    reset: { confirm: 'pickup', pollSeconds: 0.5, confirmMarginMinutes: 0.01 },
    oms: { baseUrl: oms.url, token: { env: 'FLAGSHIP_OMS_TOKEN' }, ...(connected && quick) },
    status: { port: statusPort, token: { env: 'FLAGSHIP_STATUS_TOKEN' } },
    ...(connected && connection(smaregi, place(outgoing))),
  };
  const configPath = join(root, 'flagship.json');
  writeFileSync(configPath, `${JSON.stringify(configuration, null, 2)}\n`);
  return {
    oms,
    smaregi,
    stores,
    products,
    configPath,
    environment: {
      FLAGSHIP_SFTP_PASSWORD: login.password,
      FLAGSHIP_OMS_TOKEN: oms.token,
      FLAGSHIP_STATUS_TOKEN: pageToken,
      FLAGSHIP_SMAREGI_SECRET: smaregi.application.clientSecret,
      FLAGSHIP_WEBHOOK_VALUE: webhookValue,
    },
    incoming: join(sftpRoot, incoming),
    sftpPort: sftp.port,
    webhooksTo(url) {
      const target = url && { url: `${url}/webhooks/smaregi`, header: webhookHeader, value: webhookValue };
      smaregi.webhooks.to(target || undefined);
    },
    levelOms() {
      for (const { storeId, facilityId } of stores.filter(({ kind }) => kind !== 'warehouse')) {
        for (const { productId, productCode: idValue } of products) {
          oms.levels.learn({ idType, idValue });
          oms.levels.set(facilityId, { idType, idValue }, smaregi.book.available(storeId, productId));
        }
      }
    },
    async close() {
      await sftp.close();
      await smaregi.close();
      await oms.close();
    },
  };
}

/** Limits in the order of those of production. */
const quick = { requestsPerSecond: 50, concurrency: 8 };
const limits = { readsPerSecond: 50, writesPerSecond: 20, concurrency: 4 };

/** The sections of the configuration that connect the service to Smaregi, at a pace at which one can watch. */
function connection({ url, application }: SmaregiSandbox, fulfilled: object) {
  const { contractId, clientId } = application;
  return {
    sales: { from: 'stock-changes' },
    reset: { confirm: 'data-manager', pollSeconds: 0.5 },
    smaregi: {
      baseUrl: url,
      idUrl: url,
      contractId,
      clientId,
      clientSecret: { env: 'FLAGSHIP_SMAREGI_SECRET' },
      webhook: { header: webhookHeader, value: { env: 'FLAGSHIP_WEBHOOK_VALUE' } },
      pollSeconds: 2,
      timeoutSeconds: 1,
      limits,
    },
    fulfilled: { ...fulfilled, pollSeconds: 1 },
  };
}
