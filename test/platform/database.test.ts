import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { checkIntegrity, holdExclusively, openDatabase } from '../../src/platform/database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('every commit is flushed: write-ahead log with full synchronisation, also after writing', async () => {
  const database = openLedger(join(await temporaryFolder(), 'flagship.db'));
  database.exec('CREATE TABLE scratch (n INTEGER) STRICT; INSERT INTO scratch VALUES (1)');
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
  checkIntegrity(database);
  database.close();
});

test('migrations run once each, in order', async () => {
  const folder = await temporaryFolder();
  const migrations = join(folder, 'migrations');
  await mkdir(migrations);
  await writeFile(join(migrations, '0001-first.sql'), 'CREATE TABLE first (n INTEGER) STRICT;');
  openDatabase(join(folder, 'x.db'), migrations).close();
  await writeFile(join(migrations, '0002-second.sql'), 'INSERT INTO first VALUES (7);');
  openDatabase(join(folder, 'x.db'), migrations).close();
  const database = openDatabase(join(folder, 'x.db'), migrations);
  expect(database.prepare('SELECT n FROM first').pluck().all()).toEqual([7]);
  database.close();
});

test('a database written by a newer program is refused and left alone', async () => {
  const path = join(await temporaryFolder(), 'flagship.db');
  const database = openLedger(path);
  database.pragma('user_version = 999');
  database.close();
  expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: 'ledger-newer' }));
});

test('a file that is no database is reported as damaged, not overwritten', async () => {
  const path = join(await temporaryFolder(), 'flagship.db');
  await writeFile(path, 'this is not a database, it is a text of more than a few bytes'.repeat(50));
  expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: 'ledger-damaged' }));
});

test('a lock is held by one at a time', async () => {
  const path = join(await temporaryFolder(), 'x.lock');
  const lock = holdExclusively(path);
  expect(lock).toBeDefined();
  expect(holdExclusively(path)).toBeUndefined();
  lock?.release();
  const again = holdExclusively(path);
  expect(again).toBeDefined();
  again?.release();
});
