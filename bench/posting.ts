// node bench/posting.ts [CONCURRENCY [CALLS [DELAY_MS]]]: calls per second through the ledger against bare undici, with
// the same concurrency and the same server, alternating. The first round is cold.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { Secret } from '../src/config/secret.ts';
import { createOmsClient } from '../src/hotwax/oms-client.ts';
import { BackgroundFlush } from '../src/platform/background-flush.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createLogger } from '../src/platform/logger.ts';
import { DepartureNotes } from '../src/posting/departures.ts';
import { omsRecipient } from '../src/posting/oms-recipient.ts';
import { Poster } from '../src/posting/poster.ts';
import { createSendQueue } from '../src/posting/send-queue.ts';
import { openTestLedger } from '../test/support/ledger.ts';
import { benchProduct, benchStore } from './bench-retailer.ts';
import { median } from './medians.ts';

const concurrency = Number(process.argv[2] ?? 8);
const count = Number(process.argv[3] ?? 20_000);

const child = fork(new URL('./oms-server.ts', import.meta.url), [String(count)]);
const [{ url: baseUrl, token }] = (await once(child, 'message')) as [{ url: string; token: string }];
const answerDelayMs = Number(process.argv[4] ?? 0);
if (answerDelayMs > 0) {
  await fetch(`${baseUrl}/sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ answerDelayMs }),
  });
}

/** undici as one would use it who keeps no book: the same calls, as many at a time, each answer read and parsed. */
async function bare(): Promise<number> {
  const pool = new Pool(baseUrl, { connections: concurrency, pipelining: 1 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const bodyOf = (n: number) =>
    JSON.stringify({
      facilityId: benchStore.facilityId,
      availableDelta: -1,
      idType: 'UPCA',
      idValue: benchProduct(n),
      locationSeqId: benchStore.locationSeqId,
      varianceReasonId: 'POS_SALE',
    });
  const path = '/api/service/updateInventoryByIdentification';
  let left = count;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        const answer = await pool.request({ method: 'POST', path, headers, body: bodyOf(left) });
        await answer.body.json();
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  return count / seconds;
}

async function ledger(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
  const { database, postings, calls, movements } = openTestLedger(join(folder, 'flagship.db'));
  database.transaction(() => {
    for (let n = 0; n < count; n += 1) {
      movements.add({
        source: 'transactions',
        key: `${n}/1/1`,
        destination: 'hotwax',
        storeId: '1',
        productCode: benchProduct(n),
        kind: 'sale',
        quantity: -1,
        occurredAt: n,
        recordedAt: n,
      });
    }
  })();
  const settings = { concurrency, requestsPerSecond: null, reasons: {}, coalesceAbove: 100_000 };
  const oms = createOmsClient({
    oms: {
      baseUrl,
      token: new Secret({ env: 'T' }, { T: token }),
      facility: 'facilityId',
      timeoutSeconds: 30,
      readBack: 'off',
      ...settings,
    },
    clock: systemClock,
  });
  const poster = new Poster({
    database,
    postings,
    calls,
    background: new BackgroundFlush(database),
    notes: new DepartureNotes(join(folder, 'departures')),
    recipient: omsRecipient({ oms, settings, idType: 'UPCA', stores: [benchStore] }),
    queue: createSendQueue(settings, systemClock),
    clock: systemClock,
    random: Math.random,
    log: createLogger('silent'),
  });
  const done = database.prepare(`SELECT count(*) FROM call WHERE outcome = 'accepted'`).pluck();
  const start = performance.now();
  poster.start();
  while (postings.moreDueThan('hotwax', 0)) await systemClock.sleep(20);
  while ((done.get() as number) < count) await systemClock.sleep(5);
  const seconds = (performance.now() - start) / 1000;
  await poster.stop(new AbortController().signal);
  await oms.close();
  database.close();
  rmSync(folder, { recursive: true });
  return count / seconds;
}

const warm: number[] = [];
for (let round = 0; round < 6; round += 1) {
  const b = await bare();
  const l = await ledger();
  console.log(`bare ${Math.round(b)}/s  ledger ${Math.round(l)}/s  ratio ${(l / b).toFixed(2)}`);
  if (round > 0) warm.push(l / b);
}
console.log(`ratio of warm rounds, median: ${median(warm).toFixed(2)}`);
child.disconnect();
