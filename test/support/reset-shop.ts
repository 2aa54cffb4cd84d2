import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadStores } from '../../src/config/store-map.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type OmsSandbox, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { drop, makeRetailer, namesIn, type Retailer } from './retailer.ts';
import { type SalesLine, salesFile } from './sales-file.ts';
import { eventually, flagship, type Ran, ServiceProcess } from './service-process.ts';

export interface ResetShop {
  retailer: Retailer;
  oms: OmsSandbox;
  path(name: string): string;
  start(): Promise<ServiceProcess>;
  run(...args: string[]): Promise<Ran>;
  sell(name: string, lines: readonly SalesLine[]): Promise<void>;
  /** Drops an inventory file with rows of store, product and quantity, and waits until the OMS has applied it. */
  reset(name: string, rows: readonly (readonly [string, string, number])[]): Promise<void>;
  level(facilityId: string, product: string): number;
}

export const shopStores = [
  'storeId,storeCode,name,facilityId,externalFacilityId,locationSeqId,kind,online',
  '1,TK01,原宿店,HARAJUKU,1,TLTLTLLL01,store,yes',
  '2,OS02,心斎橋店,SHINSAIBASHI,2,TLTLTLLL01,store,yes',
  '3,KY03,京都店,KYOTO,3,TLTLTLLL01,store,no',
  '30,SZ01,御殿場アウトレット店,GOTEMBA,30,TLTLTLLL01,outlet,yes',
  '9,WH09,物流倉庫,,9,TLTLTLLL01,warehouse,no',
];

/** A retailer whose OMS takes Reset CSVs from the folder to which they are delivered, and applies them on demand. */
export async function resetShop(settings: object = {}): Promise<ResetShop> {
  const retailer = await makeRetailer({});
  const incoming = join(retailer.root, 'incoming');
  await mkdir(incoming);
  await mkdir(retailer.data('inbox', 'sales'), { recursive: true });
  await writeFile(join(retailer.root, 'stores.csv'), shopStores.join('\n'));
  const oms = await startOmsSandbox({
    stores: loadStores(join(retailer.root, 'stores.csv')),
    incoming,
    clock: systemClock,
  });
  onTestFinished(() => oms.close());
  const configuration = {
    dataDir: 'data',
    status: null,
    inbox: { settleSeconds: 0.1, scanSeconds: 0.2 },
    delivery: { type: 'folder', directory: 'incoming' },
    inventory: { maxDropRatio: 1 },
    reset: { confirm: 'pickup', confirmMarginMinutes: 0.001, pollSeconds: 0.2 },
    oms: { baseUrl: oms.url, token: { env: 'TOKEN' }, requestsPerSecond: null },
    ...settings,
  };
  await writeFile(retailer.configPath, JSON.stringify(configuration));
  const environment = { TOKEN: oms.token };
  const run = (...args: string[]) => flagship([...args, '--config', retailer.configPath], environment);
  const states = async () =>
    (JSON.parse((await run('snapshots', '--json')).stdout) as { file: string; state: string }[]) ?? [];
  return {
    retailer,
    oms,
    path: (name) => join(retailer.root, name),
    start: () => ServiceProcess.start(retailer.configPath, environment),
    run,
    async sell(name, lines) {
      await writeFile(retailer.data('inbox', 'sales', name), salesFile(lines));
    },
    async reset(name, rows) {
      const lines = rows.map((row) => row.join(','));
      await drop(retailer, name, ['店舗ID,商品コード,在庫数', ...lines].join('\r\n'));
      await eventually('delivered', async () =>
        (await namesIn(incoming)).some((file) => /^reset.*csv$/.test(file)),
      );
      await oms.runResetJob();
      await eventually(`${name} is applied`, async () =>
        (await states()).some(({ file, state }) => file === name && state === 'applied'),
      );
    },
    level: (facilityId, idValue) => oms.levels.get(facilityId, { idType: 'UPCA', idValue }),
  };
}
