import { encodeCp932 } from './cp932.ts';
import { longInventory, oneStoreInventory, wideInventory } from './sample-inventory.ts';
import { sampleSales } from './sample-sales.ts';
import { sampleProducts, sampleStock } from './sample-stock.ts';
import { sampleStores, storesCsv } from './sample-stores.ts';

/** Every file of data/sample: its name and exactly what it holds. */
export function sampleFiles(): Map<string, Buffer> {
  return new Map([
    ['flagship.json', Buffer.from(`${JSON.stringify(configuration, undefined, 2)}\n`)],
    ['stores.csv', Buffer.from(storesCsv())],
    ['smaregi_stock_20261124_0300.csv', Buffer.from(stockCsv(new Map()))],
    ['smaregi_stock_20261124_1205.csv', Buffer.from(stockCsv(soldSince()))],
    ['haibun_20261124.csv', encodeCp932(splitCsv())],
    ...[longInventory(), wideInventory(), oneStoreInventory(), ...sampleSales].map(
      ({ name, bytes }) => [name, bytes] as const,
    ),
  ]);
}

/** A merchandiser's split of the warehouse's stock, as a spreadsheet saves it. */
function splitCsv(): string {
  const lines = sampleProducts.slice(0, 12).map(({ code }, index) => {
    const [b2b, b2c] = [20 + index, index % 4 === 3 ? 0 : 5 * index];
    return `${code},${b2b + b2c},${b2b},${b2c}`;
  });
  return ['商品コード,合計,卸（B2B）,EC（B2C）', ...lines].map((line) => `${line}\r\n`).join('');
}

/** What Smaregi itself holds in the retail stores, to compare the OMS with. */
function stockCsv(changes: ReadonlyMap<string, number>): string {
  const lines = ['storeId,productCode,stockAmount'];
  for (const { storeId } of sampleStores.filter(({ kind }) => kind !== 'warehouse')) {
    for (const [code, quantity] of sampleStock.get(storeId) ?? []) {
      lines.push(`${storeId},${code},${quantity + (changes.get(`${storeId} ${code}`) ?? 0)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What all sales files together changed. */
function soldSince(): Map<string, number> {
  const changes = new Map<string, number>();
  for (const { storeId, code, quantity } of sampleSales.flatMap(({ net }) => net)) {
    const key = `${storeId} ${code}`;
    changes.set(key, (changes.get(key) ?? 0) + quantity);
  }
  return changes;
}

/** A configuration to copy: everything that a retailer must fill in, and the defaults most often changed. */
const configuration = {
  $schema: '../../docs/flagship.schema.json',
  dataDir: '.',
  timeZone: 'Asia/Tokyo',
  stores: 'stores.csv',
  inventory: {
    encoding: 'auto',
    idType: 'UPCA',
    negative: 'pass',
    maxRejectedRatio: 0.01,
    maxDropRatio: 0.5,
  },
  reset: {
    columns: ['facilityId', 'externalFacilityId', 'locationSeqId', 'idType', 'idValue', 'availableQty'],
    lineEnd: 'lf',
    deadline: '05:00',
    appliesAt: '05:30',
    confirm: 'schedule',
  },
  delivery: {
    type: 'sftp',
    host: 'sftp.example',
    port: 22,
    username: 'retailer-sftp',
    privateKey: { file: 'id_ed25519' },
    hostKey: `SHA256:${'0'.repeat(43)}`,
    directory: '/home/retailer-sftp/pos/morning_inventory_sync/staging/incoming',
  },
  oms: {
    baseUrl: 'https://oms.example',
    token: { env: 'FLAGSHIP_OMS_TOKEN' },
    facility: 'facilityId',
    requestsPerSecond: 10,
    concurrency: 4,
    timeoutSeconds: 30,
    reasons: { sale: 'POS_SALE' },
    coalesceAbove: 1000,
  },
  sales: { from: 'transactions' },
  status: { host: '127.0.0.1', port: 8180 },
};
