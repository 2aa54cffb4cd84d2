import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadStores } from '../../src/config/store-map.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type OmsSandbox, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { countStates } from './ledger.ts';
import { makeRetailer, namesIn, type Retailer } from './retailer.ts';
import { type SalesLine, salesFile } from './sales-file.ts';
import { eventually, flagship, ServiceProcess } from './service-process.ts';

export interface SalesShop {
  retailer: Retailer;
  oms: OmsSandbox;
  start(environment?: Record<string, string>): Promise<ServiceProcess>;
  run(...args: string[]): ReturnType<typeof flagship>;
  /** How many postings are in each state. */
  states(): Record<string, number>;
  level(facilityId: string, productCode: string): number;
  /** Drops a sales file and waits until it is put away. */
  sell(name: string, lines: readonly SalesLine[]): Promise<void>;
}

/** A retailer whose sales come in files, an OMS that knows `productCodes`, and the service in a process of its own. */
export async function salesShop(productCodes: readonly string[], settings: object = {}): Promise<SalesShop> {
  const retailer = await makeRetailer({});
  const incoming = join(retailer.root, 'incoming');
  await mkdir(incoming);
  const oms = await startOmsSandbox({
    stores: loadStores(join(retailer.root, 'stores.csv')),
    incoming,
    clock: systemClock,
    products: productCodes.map((idValue) => ({ idType: 'UPCA', idValue })),
  });
  onTestFinished(() => oms.close());
  await writeFile(
    retailer.configPath,
    JSON.stringify({
      dataDir: 'data',
      status: null,
      inbox: { settleSeconds: 0.1, scanSeconds: 0.2 },
      delivery: { type: 'folder', directory: 'incoming' },
      oms: { baseUrl: oms.url, token: { env: 'TOKEN' } },
      ...settings,
    }),
  );
  const inbox = retailer.data('inbox', 'sales');
  await mkdir(inbox, { recursive: true });
  const token = { TOKEN: oms.token };
  return {
    retailer,
    oms,
    start: (environment = {}) => ServiceProcess.start(retailer.configPath, { ...token, ...environment }),
    run: (...args) => flagship([...args, '--config', retailer.configPath], token),
    states() {
      const database = openLedger(retailer.data('flagship.db'));
      try {
        return countStates(database);
      } finally {
        database.close();
      }
    },
    level: (facilityId, idValue) => oms.levels.get(facilityId, { idType: 'UPCA', idValue }),
    async sell(name, lines) {
      await writeFile(join(retailer.root, 'aside'), salesFile(lines));
      await rename(join(retailer.root, 'aside'), join(inbox, name));
      await eventually(`${name} is put away`, async () => {
        const waiting = [...(await namesIn(inbox)), ...(await namesIn(retailer.data('work')))];
        return waiting.length === 0;
      });
    },
  };
}
