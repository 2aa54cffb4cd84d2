import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../src/config/configuration.ts';
import { dataFolders, prepareFolders } from '../src/config/data-folders.ts';
import { SalesReceiver } from '../src/intake/receive-sales.ts';
import { CallRecords } from '../src/ledger/call-records.ts';
import { FileRecords } from '../src/ledger/file-records.ts';
import { MovementRecords } from '../src/ledger/movement-records.ts';
import { openLedger } from '../src/ledger/open-ledger.ts';
import { PostingRecords } from '../src/ledger/posting-records.ts';
import { systemClock } from '../src/platform/clock.ts';
import { carryOn } from '../src/platform/crash-point.ts';
import { createLogger } from '../src/platform/logger.ts';
import { bareInserts } from './bare-inserts.ts';
import { benchStores } from './bench-retailer.ts';
import { writeSalesFile } from './sales-file.ts';

// node bench/ingest.ts [LINES]: a CP932 sales file into a fresh ledger with FULL sync, then the same lines again
// under other bytes, which must add nothing; beside them, SQLite alone with the same rows.

const lines = Number(process.argv[2] ?? 300_000);
const stores = benchStores(30);

const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
try {
  const folders = dataFolders(root);
  await prepareFolders(folders);
  const database = openLedger(folders.ledger);
  const postings = new PostingRecords(database);
  const calls = new CallRecords(database, postings);
  const movements = new MovementRecords(database, postings, calls, systemClock);
  const configuration = {
    timeZone: 'Asia/Tokyo',
    inbox: { maxUnpackedMegabytes: 4096 },
    sales: { from: 'transactions' },
  } as Configuration;
  const receiver = new SalesReceiver({
    configuration,
    folders,
    stores,
    database,
    files: new FileRecords(database),
    movements,
    clock: systemClock,
    log: createLogger('silent'),
    reached: carryOn,
    onMovements: () => {},
  });
  const take = async (name: string, count: number) => {
    const path = join(folders.work, name);
    await writeSalesFile(path, count, stores.length);
    const { size, mtimeMs } = statSync(path);
    let latestMs = 0;
    let before = performance.now();
    const watch = setInterval(() => {
      latestMs = Math.max(latestMs, performance.now() - before - 5);
      before = performance.now();
    }, 5);
    const start = performance.now();
    await receiver.receive(
      { name, workName: name, path, bytes: size, modifiedAt: Math.floor(mtimeMs) },
      new AbortController().signal,
    );
    const seconds = (performance.now() - start) / 1000;
    clearInterval(watch);
    const recorded = database.prepare('SELECT count(*) FROM movement').pluck().get();
    return {
      lines: count,
      'lines/s': Math.round(count / seconds),
      movements: recorded,
      'timer late ms': Math.round(latestMs),
      'RSS MiB': Math.round(process.memoryUsage.rss() / 2 ** 20),
      sync: database.pragma('synchronous', { simple: true }) === 2 ? 'FULL' : 'not FULL',
    };
  };
  const bare = (name: string) => {
    const alone = openLedger(join(root, name));
    const perSecond = bareInserts(alone, { lines, stores: stores.length });
    alone.close();
    return perSecond;
  };
  const bareBefore = bare('bare-before.db');
  const allNew = await take('uriage_a.csv', lines);
  const bareMean = (bareBefore + bare('bare-after.db')) / 2;
  console.table({ 'all new': allNew, 'one line more': await take('uriage_b.csv', lines + 1) });
  const ratio = (allNew['lines/s'] / bareMean).toFixed(2);
  console.log(`SQLite alone, the same rows: ${Math.round(bareMean)} lines/s, ratio ${ratio}`);
  database.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}
