// node bench/latency.ts [SALES] [ROWS]: one sale at a time; from the file in the inbox to the OMS's answer, less the
// settle time. With ROWS the service converts an inventory file of so many rows meanwhile (6500000 are 500 MB).
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { salesFile } from '../test/support/sales-file.ts';
import { benchProduct, benchStore } from './bench-retailer.ts';
import { benchStores, writeInventoryFile } from './inventory-file.ts';

const sales = Number(process.argv[2] ?? 15);
const rows = Number(process.argv[3] ?? 0);
const settleMs = 200;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
const inbox = join(root, 'data/inbox/sales');
mkdirSync(inbox, { recursive: true });
const server = fork(new URL('./oms-server.ts', import.meta.url), [String(2 * sales)]);
const [{ url, token }] = (await once(server, 'message')) as [{ url: string; token: string }];
const calls = async () =>
  ((await (await fetch(`${url}/sandbox/calls`)).json()) as { calls: { at: number }[] }).calls;
const stores = [benchStore, ...benchStores(30).slice(1)].map((store) =>
  Object.values({ ...store, online: 'yes' }).join(','),
);
writeFileSync(join(root, 'stores.csv'), `${[Object.keys(benchStore).join(','), ...stores].join('\n')}\n`);
writeFileSync(
  join(root, 'flagship.json'),
  JSON.stringify({
    dataDir: 'data',
    status: null,
    inbox: { settleSeconds: settleMs / 1000 },
    delivery: { type: 'folder', directory: 'incoming' },
    oms: { baseUrl: url, token: { env: 'TOKEN' } },
  }),
);
const service = spawn(process.execPath, ['src/main.ts', '--config', join(root, 'flagship.json')], {
  env: { ...process.env, TOKEN: token },
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});

/** What we wrote ourselves is not to keep the disk busy while we measure. */
function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

let sold = 0;
/** Milliseconds that each sale took, sorted. */
async function sell(): Promise<number[]> {
  const took: number[] = [];
  for (const last = sold + sales; sold < last; sold += 1) {
    await pause(200);
    const aside = join(root, 'aside');
    writeFileSync(aside, salesFile([{ transaction: sold + 1, product: benchProduct(sold), quantity: 1 }]));
    const start = Date.now();
    renameSync(aside, join(inbox, `uriage_${sold}.csv`));
    while ((await calls()).length <= sold) await pause(5);
    took.push(((await calls())[sold]?.at ?? 0) - start - settleMs);
  }
  return took.sort((a, b) => a - b);
}

function row(took: number[]): object {
  return {
    'median ms beyond settle time': took[Math.floor(took.length / 2)],
    '99th percentile ms': took[Math.ceil(took.length * 0.99) - 1],
  };
}

try {
  await once(service, 'message');
  const results: Record<string, object> = {};
  results[`${sales} sales, idle`] = row(await sell());
  if (rows > 0) {
    const aside = join(root, 'zaiko');
    await writeInventoryFile(aside, { rows, stores: 30, encoding: 'cp932', quoted: true });
    const megabytes = Math.round(statSync(aside).size / 1e6);
    flush(aside);
    renameSync(aside, join(root, 'data/inbox/inventory/zaiko_20261124_0300.csv'));
    const took = await sell();
    const isBusy = readdirSync(join(root, 'data/work')).some((name) => name.includes('zaiko'));
    const when = isBusy ? 'during' : 'during and after';
    results[`${sales} sales, ${when} the conversion of ${megabytes} MB`] = row(took);
  }
  console.table(results);
} finally {
  service.kill();
  server.disconnect();
  rmSync(root, { recursive: true, force: true });
}
