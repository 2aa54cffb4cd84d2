// node bench/latency.ts [SALES]: one sale at a time on an idle service; from the file in the inbox to the OMS's answer,
// less the settle time.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { salesFile } from '../test/support/sales-file.ts';
import { benchProduct, benchStore } from './bench-retailer.ts';

const sales = Number(process.argv[2] ?? 15);
const settleMs = 200;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
const inbox = join(root, 'data/inbox/sales');
mkdirSync(inbox, { recursive: true });
const server = fork(new URL('./oms-server.ts', import.meta.url), [String(sales)]);
const [{ url, token }] = (await once(server, 'message')) as [{ url: string; token: string }];
const calls = async () =>
  ((await (await fetch(`${url}/sandbox/calls`)).json()) as { calls: { at: number }[] }).calls;
const values = Object.values({ ...benchStore, online: 'yes' });
writeFileSync(join(root, 'stores.csv'), `${Object.keys(benchStore).join(',')}\n${values.join(',')}\n`);
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
try {
  await once(service, 'message');
  const took: number[] = [];
  for (let n = 0; n < sales; n += 1) {
    await pause(400);
    const aside = join(root, 'aside');
    writeFileSync(aside, salesFile([{ transaction: n + 1, product: benchProduct(n), quantity: 1 }]));
    const start = Date.now();
    renameSync(aside, join(inbox, `uriage_${n}.csv`));
    while ((await calls()).length <= n) await pause(10);
    took.push(((await calls())[n]?.at ?? 0) - start - settleMs);
  }
  took.sort((a, b) => a - b);
  console.table({
    [`${sales} sales`]: {
      'median ms beyond settle time': took[Math.floor(took.length / 2)],
      'worst ms': took.at(-1),
    },
  });
} finally {
  service.kill();
  server.disconnect();
  rmSync(root, { recursive: true, force: true });
}
