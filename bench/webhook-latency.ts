// node bench/webhook-latency.ts [SALES]: one sale at a time in Smaregi's till, with webhooks; from the sale to the OMS's
// answer, by stock changes and by transactions.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchStore } from './bench-retailer.ts';

const sales = Number(process.argv[2] ?? 25);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const webhook = { header: 'x-flagship-key', value: 'bench-key' };

interface Servers {
  oms: { url: string; token: string };
  smaregi: { url: string; application: { contractId: string; clientId: string; clientSecret: string } };
}

async function measure(from: string): Promise<{ 'median ms': number; 'worst ms': number }> {
  const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
  const server = fork(new URL('./tills-server.ts', import.meta.url), [String(sales)]);
  const [{ oms, smaregi }] = (await once(server, 'message')) as [Servers];
  const { contractId, clientId, clientSecret } = smaregi.application;
  const values = Object.values({ ...benchStore, online: 'yes' });
  writeFileSync(join(root, 'stores.csv'), `${Object.keys(benchStore).join(',')}\n${values.join(',')}\n`);
  writeFileSync(
    join(root, 'flagship.json'),
    JSON.stringify({
      dataDir: 'data',
      status: { port: 0 },
      delivery: { type: 'folder', directory: 'incoming' },
      oms: { baseUrl: oms.url, token: { env: 'TOKEN' } },
      sales: { from },
      smaregi: {
        baseUrl: smaregi.url,
        idUrl: smaregi.url,
        contractId,
        clientId,
        clientSecret: { env: 'SECRET' },
        webhook: { header: webhook.header, value: { env: 'KEY' } },
      },
    }),
  );
  const service = spawn(process.execPath, ['src/main.ts', '--config', join(root, 'flagship.json')], {
    env: { ...process.env, TOKEN: oms.token, SECRET: clientSecret, KEY: webhook.value },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    let output = '';
    service.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    await once(service, 'message');
    while (!/"status":"http/.test(output)) await pause(20);
    await pause(1_000); // the first reading is over
    const url = /"status":"(http[^"]+)"/.exec(output)?.[1];
    server.send({ webhooks: { url: `${url}/webhooks/smaregi`, ...webhook } });
    const calls = async () =>
      ((await (await fetch(`${oms.url}/sandbox/calls`)).json()) as { calls: { at: number }[] }).calls;
    const took: number[] = [];
    for (let n = 0; n < sales; n += 1) {
      await pause(300);
      server.send({ sell: n });
      const [{ at }] = (await once(server, 'message')) as [{ at: number }];
      while ((await calls()).length <= n) await pause(10);
      took.push(((await calls())[n]?.at ?? 0) - at);
    }
    took.sort((a, b) => a - b);
    return { 'median ms': took[Math.floor(took.length / 2)] ?? 0, 'worst ms': took.at(-1) ?? 0 };
  } finally {
    service.kill();
    server.disconnect();
    rmSync(root, { recursive: true, force: true });
  }
}

console.table({
  [`${sales} sales, stock changes`]: await measure('stock-changes'),
  [`${sales} sales, transactions`]: await measure('transactions-api'),
});
