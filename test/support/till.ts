import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { dataFolders, prepareFolders } from '../../src/config/data-folders.ts';
import { claimedBefore } from '../../src/intake/claimed-file.ts';
import { FulfilledReceiver } from '../../src/intake/receive-fulfilled.ts';
import { SalesReceiver } from '../../src/intake/receive-sales.ts';
import type { InputFile } from '../../src/ledger/file-end.ts';
import { FileRecords } from '../../src/ledger/file-records.ts';
import { carryOn, type Reached } from '../../src/platform/crash-point.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openTestLedger, type TestLedger } from './ledger.ts';
import { ManualClock } from './manual-clock.ts';
import { smallRetailer } from './small-retailer.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Till {
  ledger: TestLedger;
  files: FileRecords;
  root: string;
  work: string;
  /** What was said of movements: once for every transaction of the ledger that added some. */
  told: number;
  /** Takes a file in, as if it had just been claimed. */
  drop(name: string, content: string | Buffer, options?: DropOptions): Promise<InputFile>;
  /** Takes in what an end in the middle left in work/, as a restart does. */
  takeLeft(): Promise<void>;
}

export interface DropOptions {
  modifiedAt?: number;
  signal?: AbortSignal;
  reached?: Reached;
}

/** Everything that takes sales files, or packed orders, on real folders and a real ledger. */
export async function makeTill(settings: object = {}, feed: 'sales' | 'fulfilled' = 'sales'): Promise<Till> {
  const Receiver = feed === 'sales' ? SalesReceiver : FulfilledReceiver;
  const root = await temporaryFolder();
  const path = join(root, 'flagship.json');
  await writeFile(path, JSON.stringify({ delivery: { type: 'folder', directory: 'oms' }, ...settings }));
  const configuration = loadConfiguration(path, {});
  const folders = dataFolders(root);
  await prepareFolders(folders);
  await mkdir(join(root, 'oms'));
  const ledger = openTestLedger(folders.ledger);
  onTestFinished(() => {
    ledger.database.close();
  });
  const files = new FileRecords(ledger.database);
  let drops = 0;
  const receive = (file: InputFile, { signal, reached }: DropOptions = {}) =>
    new Receiver({
      configuration,
      folders,
      stores: smallRetailer,
      database: ledger.database,
      files,
      movements: ledger.movements,
      clock: new ManualClock(),
      log: createLogger('silent'),
      reached: reached ?? carryOn,
      onMovements: () => {
        till.told += 1;
      },
    }).receive(file, signal ?? new AbortController().signal);
  const till: Till = {
    ledger,
    files,
    root,
    work: folders.work,
    told: 0,
    async drop(name, content, options = {}) {
      drops += 1;
      const workName = `${feed}~${drops}-0~${name}`;
      const at = join(folders.work, workName);
      await writeFile(at, content);
      const { modifiedAt = Date.UTC(2026, 10, 24, 3, 0, 0) } = options;
      await utimes(at, modifiedAt / 1000, modifiedAt / 1000);
      const file = { name, workName, path: at, bytes: Buffer.byteLength(content), modifiedAt };
      await receive(file, options);
      return file;
    },
    async takeLeft() {
      for (const file of await claimedBefore(feed, folders.work)) await receive(file);
    },
  };
  return till;
}

/** The movements of a ledger as text, in order: `8801/1/1 sale 1 4900000000001 -2`. */
export function movementsOf({ database }: TestLedger): string[] {
  const rows = database
    .prepare('SELECT key, kind, store_id, product_code, quantity FROM movement ORDER BY id')
    .raw()
    .all() as unknown[][];
  return rows.map((row) => row.join(' '));
}

/** What the movements add up to, by `store product`; zeroes left out. */
export function sumsOf({ database }: TestLedger): Record<string, number> {
  const rows = database
    .prepare(
      `SELECT store_id || ' ' || product_code, sum(quantity) FROM movement
       GROUP BY store_id, product_code HAVING sum(quantity) <> 0 ORDER BY 1`,
    )
    .raw()
    .all() as [string, number][];
  return Object.fromEntries(rows);
}
