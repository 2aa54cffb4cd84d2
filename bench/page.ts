// node bench/page.ts [POSTINGS] [DUE]: the service on a large ledger while it posts, with its page polled and without, in
// turns: how long the page takes to answer, and what it costs the poster.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../src/platform/database.ts';
import { openTestLedger } from '../test/support/ledger.ts';
import { benchStore, benchStores } from './bench-retailer.ts';

const postings = Number(process.argv[2] ?? 2_000_000);
const due = Number(process.argv[3] ?? 400_000);
const levels = 3_000_000;
const products = 20_000;
const stores = 30;
// Short turns in pairs: what else the machine does then weighs on both alike.
const rounds = 20;
const turnMs = 4_000;
const pollEveryMs = 100;

/** A year's worth of posted sales and a backlog, written as the rules would have left them. */
function fill(database: Database): void {
  const rows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${postings})`;
  const at = `strftime('%Y-%m-%dT%H:%M:%fZ', 1761000000 + i * 15, 'unixepoch')`;
  database.exec(`
    BEGIN;
    INSERT INTO movement (source, key, destination, store_id, product_code, kind, quantity, occurred_at, recorded_at)
      ${rows} SELECT 'transactions', i || '/1/1', 'hotwax', 1 + i % ${stores}, 4900000000000 + i * 7919 % ${products},
        'sale', -1, ${at}, ${at} FROM n;
    INSERT INTO call (destination, sent, sent_at, quantity, reason, outcome, outcome_at, outcome_by)
      SELECT destination, 1, recorded_at, -1, 'POS_SALE', 'accepted', recorded_at, 'flagship' FROM movement
      WHERE id <= ${postings - due} ORDER BY id;
    INSERT INTO call_movement (call_id, movement_id, multiplicity) SELECT id, id, 1 FROM call;
    INSERT INTO posting (movement_id, destination, state, need, urgency, recorded_at, posted_at)
      SELECT id, destination, iif(id <= ${postings - due}, 'posted', 'due'), id > ${postings - due}, 0, recorded_at,
        iif(id <= ${postings - due}, recorded_at, NULL) FROM movement;
    INSERT INTO file (feed, work_name, name, bytes, sha256, modified_at, finished_at, outcome, kept_as)
      VALUES ('inventory', 'w', 'zaiko.csv', 1, '', '2026-11-24T18:00:00.000Z', '2026-11-24T18:00:00.000Z', 'accepted', 'a');
    INSERT INTO snapshot (file_id, taken_at, correction, reset_name, reset_bytes, reset_sha256, row_count, written,
        rejected, state, uploaded_at, delivered_at)
      VALUES (1, '2026-11-24T18:00:00.000Z', 0, 'reset.csv', 1, '', ${levels}, ${levels}, 0, 'discarded',
        '2026-11-24T18:00:00.000Z', '2026-11-24T18:00:00.000Z');
    COMMIT; ANALYZE;`);
}

const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
mkdirSync(join(root, 'data'));
const oms = fork(new URL('./oms-server.ts', import.meta.url), [String(products), String(stores)]);
const [{ url: baseUrl, token }] = (await once(oms, 'message')) as [{ url: string; token: string }];
await fetch(`${baseUrl}/sandbox/faults`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ answerDelayMs: 5 }),
});
const { database } = openTestLedger(join(root, 'data/flagship.db'));
fill(database);

const lines = [
  Object.keys(benchStore),
  ...benchStores(stores).map((store) => Object.values({ ...store, online: 'yes' })),
];
writeFileSync(join(root, 'stores.csv'), lines.map((cells) => `${cells.join(',')}\n`).join(''));
writeFileSync(
  join(root, 'flagship.json'),
  JSON.stringify({
    dataDir: 'data',
    status: { port: 0 },
    log: { level: 'info' },
    delivery: { type: 'folder', directory: 'incoming' },
    oms: {
      baseUrl,
      token: { env: 'TOKEN' },
      requestsPerSecond: null,
      concurrency: 8,
      coalesceAbove: 10_000_000,
    },
  }),
);
const service = spawn(
  process.execPath,
  ['--max-semi-space-size=2', 'src/main.ts', '--config', join(root, 'flagship.json')],
  { env: { ...process.env, TOKEN: token }, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
);
let output = '';
service.stdout?.on('data', (chunk) => {
  output += chunk;
});
await once(service, 'message');
const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output.replaceAll(baseUrl, ''))?.[0] ?? '';

const answered: number[] = [];
async function poll(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const begun = performance.now();
    await (await fetch(`${url}/status.json`)).text();
    answered.push(performance.now() - begun);
    await delay(pollEveryMs);
  }
}

/** Reads events as an open page does. */
async function watch(signal: AbortSignal): Promise<void> {
  const events = await fetch(`${url}/events`, { signal });
  for await (const _chunk of events.body ?? []) if (signal.aborted) return;
}

/** Processor time that the service took so far, of all its threads, in hundredths of a second. */
function ticks(): number {
  const stat = readFileSync(`/proc/${service.pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(stat[11]) + Number(stat[12]);
}

const newestCall = database.prepare('SELECT max(id) FROM call').pluck();

/** Calls a second, and what a call costs the processor in milliseconds. */
async function turn(polled: boolean): Promise<{ rate: number; cpuMs: number }> {
  const stop = new AbortController();
  const busy = polled ? [poll(stop.signal), ...[1, 2, 3].map(() => watch(stop.signal).catch(() => {}))] : [];
  const [begun, before, ticksBefore] = [performance.now(), newestCall.get() as number, ticks()];
  await delay(turnMs);
  const calls = (newestCall.get() as number) - before;
  const seconds = (performance.now() - begun) / 1000;
  const cpuMs = ((ticks() - ticksBefore) * 10) / calls;
  stop.abort();
  await Promise.all(busy);
  return { rate: calls / seconds, cpuMs };
}

const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
const at = (values: number[], part: number) => sorted(values)[Math.floor(values.length * part)] ?? 0;

try {
  await turn(true); // warm
  answered.length = 0;
  const pairs: { rate: number; cpu: number; alone: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await turn(round % 2 === 0);
    const second = await turn(round % 2 === 1);
    const [polled, alone] = round % 2 === 0 ? [first, second] : [second, first];
    pairs.push({ rate: polled.rate / alone.rate, cpu: polled.cpuMs / alone.cpuMs, alone: alone.rate });
  }
  const median = (what: keyof (typeof pairs)[number]) =>
    at(
      pairs.map((pair) => pair[what]),
      0.5,
    );
  console.table({
    [`${postings} postings, ${due} of them due at first`]: {
      'page ms, median': at(answered, 0.5).toFixed(1),
      '99 of 100': at(answered, 0.99).toFixed(1),
      'calls/s alone': Math.round(median('alone')),
      'rate polled / alone': median('rate').toFixed(3),
      'processor time a call, polled / alone': median('cpu').toFixed(3),
    },
  });
} finally {
  service.kill();
  await once(service, 'exit');
  oms.disconnect();
  database.close();
  rmSync(root, { recursive: true, force: true });
}
