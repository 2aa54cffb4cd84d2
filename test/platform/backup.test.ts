import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { backupDatabase } from '../../src/platform/database.ts';
import { addPostedSales } from '../support/closed-sales.ts';
import { makeLedger, openTestLedger, type TestLedger } from '../support/ledger.ts';

const writer = fileURLToPath(new URL('../support/writing-child.ts', import.meta.url));

function movements({ database }: TestLedger): number {
  return database.prepare('SELECT count(*) FROM movement').pluck().get() as number;
}

test('a backup made while another process writes is whole, and one consistent moment', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 3_000);
  const child = spawn(process.execPath, [writer, ledger.path]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  const target = join(dirname(ledger.path), 'backup.db');
  const before = movements(ledger);
  await backupDatabase(ledger.database, target);
  const after = movements(ledger);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const copy = openTestLedger(target);
  onTestFinished(() => {
    copy.database.close();
  });
  expect(movements(copy)).toBeGreaterThanOrEqual(before);
  expect(movements(copy)).toBeLessThanOrEqual(after);
  const differences: unknown[] = [];
  verifyLedger(copy.database, copy.postings, (difference) => differences.push(difference));
  expect(differences).toEqual([]);
});

test('a backup is one file, without anything beside it', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 10);
  await backupDatabase(ledger.database, join(dirname(ledger.path), 'backup.db'));
  const names = await readdir(dirname(ledger.path));
  expect(names.filter((name) => !name.startsWith('flagship.db'))).toEqual(['backup.db']);
});

test('an existing file is never overwritten', async () => {
  const ledger = await makeLedger();
  const target = join(dirname(ledger.path), 'backup.db');
  await writeFile(target, 'precious');
  await expect(backupDatabase(ledger.database, target)).rejects.toMatchObject({ code: 'backup-exists' });
  expect(await readFile(target, 'utf8')).toBe('precious');
});

test('where no backup can be made, that is said and nothing is left', async () => {
  const ledger = await makeLedger();
  const target = join(dirname(ledger.path), 'absent', 'backup.db');
  await expect(backupDatabase(ledger.database, target)).rejects.toMatchObject({ code: 'backup-failed' });
});

test('a copy of a damaged ledger is no backup', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 3_000);
  ledger.database.pragma('wal_checkpoint(TRUNCATE)');
  ledger.database.close();
  const { size } = await stat(ledger.path);
  const file = await open(ledger.path, 'r+');
  await file.write(Buffer.alloc(8_192, 0xa5), 0, 8_192, Math.floor(size / 8_192) * 4_096);
  await file.close();
  const damaged = openTestLedger(ledger.path);
  onTestFinished(() => {
    damaged.database.close();
  });
  const target = join(dirname(ledger.path), 'backup.db');
  await expect(backupDatabase(damaged.database, target)).rejects.toMatchObject({ code: 'backup-failed' });
  expect((await readdir(dirname(ledger.path))).filter((name) => name.includes('backup'))).toEqual([]);
});
