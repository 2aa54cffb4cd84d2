// node bench/backlog.ts [POSTINGS]: the service started on a ledger with a large backlog: time until it is ready, until
// the OMS has its first call, use of the rate limit, memory.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestLedger } from '../test/support/ledger.ts';
import { benchProduct, benchStore } from './bench-retailer.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const products = 20_000;
const requestsPerSecond = 100;
const seconds = 10;

const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
mkdirSync(join(root, 'data'));
const server = fork(new URL('./oms-server.ts', import.meta.url), [String(products)]);
const [{ url, token }] = (await once(server, 'message')) as [{ url: string; token: string }];
try {
  const { database, movements } = openTestLedger(join(root, 'data/flagship.db'));
  for (let from = 0; from < count; from += 10_000) {
    database.transaction(() => {
      for (let n = from; n < from + 10_000; n += 1) {
        const at = Date.UTC(2026, 10, 1) + n * 1000;
        const productCode = benchProduct(n % products);
        const rest = {
          destination: 'hotwax' as const,
          kind: 'sale',
          quantity: -1,
          occurredAt: at,
          recordedAt: at,
        };
        movements.add({ source: 'transactions', key: `${n}/1/1`, storeId: '1', productCode, ...rest });
      }
    })();
  }
  database.close();
  const columns = Object.keys(benchStore);
  const values = Object.values({ ...benchStore, online: 'yes' });
  writeFileSync(join(root, 'stores.csv'), `${columns.join(',')}\n${values.join(',')}\n`);
  const configuration = {
    dataDir: 'data',
    status: null,
    delivery: { type: 'folder', directory: 'incoming' },
    oms: { baseUrl: url, token: { env: 'TOKEN' }, requestsPerSecond, coalesceAbove: 10_000_000 },
  };
  writeFileSync(join(root, 'flagship.json'), JSON.stringify(configuration));

  const calls = async (): Promise<{ calls: { at: number }[] }> =>
    (await fetch(`${url}/sandbox/calls`)).json() as never;
  const start = Date.now();
  const service = spawn(
    process.execPath,
    ['--max-semi-space-size=2', 'src/main.ts', '--config', join(root, 'flagship.json')],
    {
      env: { ...process.env, TOKEN: token },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  await once(service, 'message');
  const readyMs = Date.now() - start;
  const rss = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1024;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const early = rss();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const times = (await calls()).calls.map((call) => call.at);
  const first = Math.min(...times);
  const inTime = times.filter((at) => at < first + seconds * 1000).length;
  const worst = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
  console.table({
    [`${count} due`]: {
      'ready ms': readyMs,
      'first call ms after ready': first - start - readyMs,
      'limit used %': Math.round((100 * inTime) / (seconds * requestsPerSecond)),
      'most in a second': worst,
      'RSS MiB at 2 s': Math.round(early),
      'at 12 s': Math.round(rss()),
    },
  });
  service.kill();
  await once(service, 'exit');
} finally {
  server.disconnect();
  rmSync(root, { recursive: true, force: true });
}
