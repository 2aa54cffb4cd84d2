// The levels that the OMS should hold, put together and compared with an exported file: time, memory, and how late a
// timer beside it is. node bench/levels.ts [STORES PRODUCTS MOVEMENTS]
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolders } from '../src/config/data-folders.ts';
import { configurationSchema } from '../src/config/schema.ts';
import { openLedger } from '../src/ledger/open-ledger.ts';
import { exportedLevels } from '../src/levels/exported-levels.ts';
import { reconcile } from '../src/levels/reconcile.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { Database } from '../src/platform/database.ts';
import { benchProduct } from './bench-retailer.ts';
import { benchStores } from './inventory-file.ts';

const [storeCount = 30, products = 100_000, movements = 200_000] = process.argv.slice(2).map(Number);
const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
const folders = dataFolders(root);
const stores = benchStores(storeCount);
const resetName = 'reset_inventory_20261124_030000.csv';
const day = join(folders.archive, '2026-11-24');
mkdirSync(day, { recursive: true });
await write(
  join(day, resetName),
  'facilityId,externalFacilityId,locationSeqId,idType,idValue,availableQty',
  (store, code) => `${store.facilityId},${store.externalFacilityId},TLTLTLLL01,UPCA,${code},7`,
);
await write(
  join(root, 'levels.csv'),
  'product-id-value,facility-id,external-id,ATP',
  (store, code) => `${code},${store.facilityId},${store.externalFacilityId},7`,
);
const database = openLedger(folders.ledger);
fill(database);

let latestMs = 0;
let peak = 0;
let expectedAt = performance.now() + 10;
const timer = setInterval(() => {
  latestMs = Math.max(latestMs, performance.now() - expectedAt);
  expectedAt = performance.now() + 10;
  peak = Math.max(peak, process.memoryUsage.rss());
}, 10);
const before = process.memoryUsage.rss();
const startedAt = performance.now();
const held = await exportedLevels(join(root, 'levels.csv'), stores);
const readAt = performance.now();
const configuration = configurationSchema.parse({ delivery: { type: 'folder', directory: '.' } });
const found = await reconcile({
  database,
  folders,
  stores,
  configuration: configuration as Parameters<typeof reconcile>[0]['configuration'],
  held,
  output: join(root, 'drift.csv'),
  clock: systemClock,
  signal: new AbortController().signal,
});
const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
clearInterval(timer);
console.log(
  `${found.levels} levels, ${movements} movements: export read in ${((readAt - startedAt) / 1000).toFixed(1)} s, compared in ${seconds(readAt)} s; ` +
    `resident ${megabytes(before)} MiB before, ${megabytes(peak)} MiB at most; a timer beside it is late by ${Math.round(latestMs)} ms at most`,
);
console.log(`equal ${found.equal}, lost ${found.lost}, changed ${found.changed}`);
await held.close();
database.close();
rmSync(root, { recursive: true });

async function write(
  path: string,
  header: string,
  line: (store: (typeof stores)[number], code: string) => string,
): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${header}\n`);
  for (let product = 0; product < products; product += 1) {
    const code = benchProduct(product);
    const lines = stores.map((store) => `${line(store, code)}\n`).join('');
    if (!file.write(lines)) await new Promise<void>((resolve) => file.once('drain', () => resolve()));
  }
  await new Promise<void>((resolve) => file.end(() => resolve()));
}

/** One reset of everything, and movements after it that are told: half of them the export does not have. */
function fill(ledger: Database): void {
  ledger.exec(`
    INSERT INTO file (feed, work_name, name, bytes, sha256, modified_at, finished_at, outcome, kept_as)
      VALUES ('inventory', 'w', 'zaiko.csv', 1, 'x', '2026-11-23T18:00:00.000Z', '2026-11-23T18:00:00.000Z', 'accepted', 'k');
    INSERT INTO snapshot (file_id, taken_at, correction, reset_name, reset_bytes, reset_sha256, row_count, written, rejected, state)
      VALUES (1, '2026-11-23T18:00:00.000Z', 0, '${resetName}', 1, 'x', 1, 1, 0, 'applied');
    INSERT INTO reset (snapshot_id, taken_at, applied_at, known_at, who, reason)
      VALUES (1, '2026-11-23T18:00:00.000Z', '2026-11-23T20:30:00.000Z', '2026-11-23T20:30:00.000Z', 'bench', 'bench');`);
  const store = ledger.prepare(
    'INSERT INTO snapshot_store (snapshot_id, store_id, row_count, units) VALUES (1, ?, ?, 1)',
  );
  for (const { storeId } of stores) store.run(storeId, products);
  const movement = ledger.prepare(
    `INSERT INTO movement (source, key, destination, store_id, product_code, kind, quantity, occurred_at, recorded_at)
     VALUES ('transactions', ?, 'hotwax', ?, ?, 'sale', ?, :at, :at)`,
  );
  const posting = ledger.prepare(
    `INSERT INTO posting (movement_id, destination, state, need, urgency, recorded_at, posted_at)
     VALUES (?, 'hotwax', 'posted', 0, 0, :at, :at)`,
  );
  ledger.transaction(() => {
    for (let index = 0; index < movements; index += 1) {
      const at = new Date(Date.UTC(2026, 10, 24, 1, 0, 0, index)).toISOString();
      // A sale and its return: the level is what it was.
      const code = benchProduct((index >> 1) % products);
      const { storeId } = stores[(index >> 1) % storeCount] as (typeof stores)[number];
      const quantity = index % 2 === 0 ? -1 : 1;
      const { lastInsertRowid } = movement.run(`${index}/1/1`, storeId, code, quantity, { at });
      posting.run(lastInsertRowid, { at });
    }
  })();
}
