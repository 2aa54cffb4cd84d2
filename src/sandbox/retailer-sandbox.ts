import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadStores, type Store } from '../config/store-map.ts';
import type { Clock } from '../platform/clock.ts';
import { type OmsSandbox, startOmsSandbox } from './oms-sandbox.ts';
import { startSftpServer } from './sftp-server.ts';

/** The retailer in miniature that comes with the program. */
export const sampleFolder = fileURLToPath(new URL('../../data/sample', import.meta.url));

const incoming = 'pos/morning_inventory_sync/staging/incoming';
/** What the status page asks for before it lets anybody decide. */
const pageToken = 'sandbox-page';
const login = { username: 'sandbox', password: 'sandbox' };

export interface RetailerSandbox {
  oms: OmsSandbox;
  stores: Store[];
  /** A configuration for a service on this sandbox, and the environment that it needs. */
  configPath: string;
  environment: NodeJS.ProcessEnv;
  /** The OMS's incoming folder, as seen from this machine. */
  incoming: string;
  sftpPort: number;
  close(): Promise<void>;
}

/** Starts an OMS and its SFTP server on loopback, with the sample retailer's store map, in the folder `root`. */
export async function startRetailerSandbox(root: string, clock: Clock): Promise<RetailerSandbox> {
  const sftpRoot = join(root, 'sftp');
  mkdirSync(join(sftpRoot, incoming), { recursive: true });
  copyFileSync(join(sampleFolder, 'stores.csv'), join(root, 'stores.csv'));
  const stores = loadStores(join(root, 'stores.csv'));
  const oms = await startOmsSandbox({ stores, incoming: join(sftpRoot, incoming), clock });
  const sftp = await startSftpServer({ root: sftpRoot, ...login, clock });
  const configuration = {
    dataDir: 'data',
    stores: 'stores.csv',
    inbox: { settleSeconds: 0.5, scanSeconds: 1 },
    delivery: {
      type: 'sftp',
      host: '127.0.0.1',
      port: sftp.port,
      username: login.username,
      password: { env: 'FLAGSHIP_SFTP_PASSWORD' },
      hostKey: sftp.fingerprint,
      directory: `/${incoming}`,
    },
    // The job runs when somebody says so, and within moments: whatever the time of day, its sign is the evidence.
    reset: { confirm: 'pickup', pollSeconds: 0.5, confirmMarginMinutes: 0.01 },
    oms: { baseUrl: oms.url, token: { env: 'FLAGSHIP_OMS_TOKEN' } },
    status: { port: 0, token: { env: 'FLAGSHIP_STATUS_TOKEN' } },
  };
  const configPath = join(root, 'flagship.json');
  writeFileSync(configPath, `${JSON.stringify(configuration, null, 2)}\n`);
  return {
    oms,
    stores,
    configPath,
    environment: {
      FLAGSHIP_SFTP_PASSWORD: login.password,
      FLAGSHIP_OMS_TOKEN: oms.token,
      FLAGSHIP_STATUS_TOKEN: pageToken,
    },
    incoming: join(sftpRoot, incoming),
    sftpPort: sftp.port,
    async close() {
      await sftp.close();
      await oms.close();
    },
  };
}
