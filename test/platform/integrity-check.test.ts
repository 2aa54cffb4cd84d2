import { open, rm, stat } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import type { Database } from '../../src/platform/database.ts';
import { startIntegrityCheck } from '../../src/platform/integrity-check.ts';
import { addPostedSales, takeInSale } from '../support/closed-sales.ts';
import { makeLedger } from '../support/ledger.ts';

// Limits in bytes: every file is smaller than the one, and larger than the other.
const atOnce = Number.POSITIVE_INFINITY;
const aside = 0;

/** A ledger with pages in its middle overwritten. */
async function damagedLedger(): Promise<Database> {
  const ledger = await makeLedger();
  addPostedSales(ledger, 2_000);
  ledger.database.pragma('wal_checkpoint(TRUNCATE)');
  ledger.database.close();
  const file = await open(ledger.path, 'r+');
  const middle = Math.floor((await stat(ledger.path)).size / 8_192) * 4_096;
  await file.write(Buffer.alloc(8_192, 0xa5), 0, 8_192, middle);
  await file.close();
  const database = openLedger(ledger.path);
  onTestFinished(() => {
    database.close();
  });
  return database;
}

test('a small damaged file is found before anything starts', async () => {
  const database = await damagedLedger();
  expect(() => startIntegrityCheck(database, atOnce)).toThrow(
    expect.objectContaining({ code: 'ledger-damaged' }),
  );
});

test('a large damaged file is found beside the work', async () => {
  const database = await damagedLedger();
  await expect(startIntegrityCheck(database, aside).sound).rejects.toMatchObject({ code: 'ledger-damaged' });
});

test.each([
  ['before', atOnce],
  ['beside', aside],
])('a sound file is found sound %s the work, which may go on meanwhile', async (_when, limit) => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 100);
  const check = startIntegrityCheck(ledger.database, limit);
  expect(takeInSale(ledger, { transactionId: 'meanwhile' })).toHaveLength(1);
  await expect(check.sound).resolves.toBeUndefined();
});

test('a check that is stopped says nothing', async () => {
  const check = startIntegrityCheck(await damagedLedger(), aside);
  check.stop();
  await expect(check.sound).resolves.toBeUndefined();
});

test('a check that cannot be made is no damage', async () => {
  const { database, path } = await makeLedger();
  const check = startIntegrityCheck(database, aside);
  await Promise.all(['', '-wal', '-shm'].map((end) => rm(path + end)));
  await expect(check.sound).rejects.toMatchObject({ code: 'ledger-unchecked' });
});
