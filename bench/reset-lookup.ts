// How long it takes to look rows up in a Reset CSV, and how late a timer beside it is. node bench/reset-lookup.ts [ROWS QUESTIONS]
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolders } from '../src/config/data-folders.ts';
import { archivedResetRows } from '../src/snapshot/reset-row-lookup.ts';
import { benchStores } from './inventory-file.ts';

const [rowCount = 3_000_000, questions = 5_000] = process.argv.slice(2).map(Number);
const stores = benchStores(30);
const columns = [
  'facilityId',
  'externalFacilityId',
  'locationSeqId',
  'idType',
  'idValue',
  'availableQty',
] as const;
const code = (product: number) => String(4_901_234_000_000 + product);

const root = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
try {
  const folders = dataFolders(root);
  const day = join(folders.archive, '2026-11-24');
  mkdirSync(day, { recursive: true });
  const hash = createHash('sha256');
  const file = await open(join(day, 'reset.csv'), 'w');
  const perStore = rowCount / stores.length;
  for (const [index, store] of stores.entries()) {
    const lines = index === 0 ? [columns.join(',')] : [];
    for (let product = 0; product < perStore; product += 1) {
      lines.push(
        `${store.facilityId},${store.externalFacilityId},TLTLTLLL01,UPCA,${code(product)},${product % 90}`,
      );
    }
    const text = `${lines.join('\n')}\n`;
    hash.update(text);
    await file.write(text);
  }
  await file.close();
  const rows = Array.from({ length: questions }, (_, n) => ({
    storeId: stores[n % stores.length]?.storeId ?? '',
    productCode: code((n * 7_919) % (2 * perStore)),
  }));
  const snapshot = { id: 1, resetName: 'reset.csv', resetSha256: hash.digest('hex') };
  const source = archivedResetRows({ folders, stores, columns: [...columns] });

  let latestMs = 0;
  let due = performance.now() + 10;
  const timer = setInterval(() => {
    latestMs = Math.max(latestMs, performance.now() - due);
    due = performance.now() + 10;
  }, 10);
  const begun = performance.now();
  const found = await source.lookUp(snapshot, rows, new AbortController().signal);
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(timer);
  const contained = found.filter(({ level }) => level !== null).length;
  console.log(
    `${questions} rows looked up in a Reset CSV of ${rowCount}: ${seconds.toFixed(1)} s, ${contained} are in it; ` +
      `a timer beside it is late by ${Math.round(latestMs)} ms at most`,
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
