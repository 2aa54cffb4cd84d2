import { longInventory, oneStoreInventory, wideInventory } from './sample-inventory.ts';
import { sampleSales } from './sample-sales.ts';
import { storesCsv } from './sample-stores.ts';

/** Every file of data/sample: its name and exactly what it holds. */
export function sampleFiles(): Map<string, Buffer> {
  return new Map([
    ['flagship.json', Buffer.from(`${JSON.stringify(configuration, undefined, 2)}\n`)],
    ['stores.csv', Buffer.from(storesCsv())],
    ...[longInventory(), wideInventory(), oneStoreInventory(), ...sampleSales].map(
      ({ name, bytes }) => [name, bytes] as const,
    ),
  ]);
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
