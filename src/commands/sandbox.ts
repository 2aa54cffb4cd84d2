import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { exitCode } from '../platform/exit-code.ts';
import { openHttpClient } from '../platform/http-client.ts';
import { BusyStores } from '../sandbox/busy-stores.ts';
import { seededRandom } from '../sandbox/chance.ts';
import { type RetailerSandbox, startRetailerSandbox } from '../sandbox/retailer-sandbox.ts';
import { type Command, print } from './command-line.ts';

/** Where the service takes webhooks: its default port, so that Smaregi knows it before the service runs. */
const statusPort = 8180;
/** Half an hour of the real feed of packed orders. */
const feedMs = 20_000;
const lookEveryMs = 500;
/** A service that is ready asks Smaregi for the first time, whose times are whole seconds. */
const warmUpMs = 3_000;

/**
 * Serves an OMS, a Smaregi and an SFTP server on loopback until it is interrupted, and says how to run the service on
 * them. `busy`: so many things a minute happen in the stores, as soon as a service is ready.
 */
export function sandbox({ busy }: { busy?: number }): Command {
  return async (context) => {
    const root = mkdtempSync(join(tmpdir(), 'flagship-sandbox-'));
    const options = busy === undefined ? {} : { connected: true, statusPort };
    const world = await startRetailerSandbox(root, context.clock, options);
    const { oms, smaregi, configPath, environment, sftpPort } = world;
    const document = { oms: oms.url, smaregi: smaregi.url, sftpPort, configPath, environment, folder: root };
    const lines = [...places(world, root), '', ...advice(world, root, busy), '', 'Ctrl-C ends the sandbox.'];
    print(context, document, lines);
    const ended = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());
    if (busy) await bustle(world, busy, context.clock, ended.signal);
    if (!ended.signal.aborted) await once(ended.signal, 'abort');
    await world.close();
    return exitCode.done;
  };
}

function places({ oms, smaregi, sftpPort }: RetailerSandbox, root: string): string[] {
  return [
    `OMS      ${oms.url}`,
    '         GET /sandbox/levels, GET /sandbox/calls, POST /sandbox/reset-job, POST /sandbox/faults',
    '         POST /sandbox/orders, POST /sandbox/pack: online orders, and stores that pack them',
    `Smaregi  ${smaregi.url}`,
    '         GET /sandbox/stock, GET /sandbox/additions, POST /sandbox/faults',
    `SFTP     127.0.0.1:${sftpPort}`,
    `files    ${root}`,
  ];
}

function advice({ oms, configPath, environment }: RetailerSandbox, root: string, busy?: number): string[] {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const files = [
    'and in a third, a night, an answer that is lost, and a morning of products that the OMS does not know yet:',
    `  cp data/sample/zaiko_20261124_0300.csv ${join(root, 'data/inbox/inventory')}/`,
    `  curl -X POST ${oms.url}/sandbox/faults -H 'content-type: application/json' -d '{"dropAfter": 1}'`,
    `  cp data/sample/uriage_20261124_1105.csv ${join(root, 'data/inbox/sales')}/`,
    'its job of 05:30, which makes them known, so that what was refused can be replayed:',
    `  curl -X POST ${oms.url}/sandbox/reset-job`,
    'and once "flagship snapshots" says applied, levels can be looked at:',
    '  npm run flagship -- reconcile',
    '  npm run flagship -- online --product 4901234510005',
    '  npm run flagship -- warehouse data/sample/haibun_20261124.csv upload.csv',
  ];
  return [
    'In another terminal:',
    `  export ${settings.join(' ')} FLAGSHIP_CONFIG=${configPath}`,
    '  npm run flagship -- check',
    '  npm start',
    ...(busy ? [`The stores open when the service is ready: ${busy} things a minute.`] : files),
    '',
    `The status page is where npm start says. To decide on it: token ${environment.FLAGSHIP_STATUS_TOKEN}`,
  ];
}

/** Stores full of people, from the moment somebody listens until `ended`. */
async function bustle(
  world: RetailerSandbox,
  perMinute: number,
  clock: Clock,
  ended: AbortSignal,
): Promise<void> {
  const { smaregi, oms } = world;
  const url = `http://127.0.0.1:${statusPort}`;
  await serviceAt(url, clock, ended);
  await clock.sleep(warmUpMs, ended);
  world.levelOms();
  world.webhooksTo(url);
  const stores = new BusyStores({
    ...world,
    book: smaregi.book,
    till: smaregi.till,
    orders: oms.orders,
    random: seededRandom(clock.now()),
    now: () => clock.now(),
  });
  let feedAt = clock.now() + feedMs;
  while (!ended.aborted) {
    stores.act();
    if (clock.now() >= feedAt) {
      oms.orders.pack();
      await oms.orders.writeFeed();
      feedAt += feedMs;
    }
    await clock.sleep(60_000 / perMinute, ended);
  }
}

/** Resolves when a service is ready at `url`, or `ended` is aborted. */
async function serviceAt(url: string, clock: Clock, ended: AbortSignal): Promise<void> {
  const http = openHttpClient({
    baseUrl: url,
    connections: 1,
    timeoutMs: 2_000,
    maxBodyBytes: 64 * 1024,
    clock,
  });
  while (!ended.aborted) {
    const exchange = await http.exchange({ method: 'GET', path: '/health/ready', headers: {} });
    if ('answer' in exchange && exchange.answer.status === 200) break;
    await clock.sleep(lookEveryMs, ended);
  }
  await http.close();
}
