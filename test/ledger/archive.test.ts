import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Archived, archiveHistory } from '../../src/ledger/archive.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { type Difference, verifyLedger } from '../../src/ledger/verify.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Database, holdExclusively } from '../../src/platform/database.ts';
import { addPostedSales, takeInSale, tell } from '../support/closed-sales.ts';
import { countStates, makeLedger, movement, type TestLedger } from '../support/ledger.ts';

const child = fileURLToPath(new URL('../support/archive-child.ts', import.meta.url));
const date = '2026-11-22';
const file = `ledger-until-${date}.db`;

function folderOf(ledger: TestLedger): string {
  return join(dirname(ledger.path), 'archive');
}

function archive(ledger: TestLedger, change: { dryRun?: boolean } = {}): Promise<Archived> {
  return archiveHistory({
    database: ledger.database,
    folder: folderOf(ledger),
    file,
    before: Date.parse(date),
    who: 'test',
    clock: systemClock,
    dryRun: false,
    ...change,
  });
}

function openArchive(ledger: TestLedger, name = file): Database {
  const database = openLedger(join(folderOf(ledger), name));
  onTestFinished(() => {
    database.close();
  });
  return database;
}

const tables = ['movement', 'call', 'call_movement', 'doubt', 'posting', 'replay'];

/** Every row of the tables that move, as text. */
function rowsOf(...databases: Database[]): Record<string, string[]> {
  const rows = (table: string) =>
    databases.flatMap((database) => database.prepare(`SELECT * FROM ${table}`).raw().all());
  return Object.fromEntries(
    tables.map((table) => [
      table,
      rows(table)
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  );
}

function keys(database: Database): string[] {
  return database.prepare('SELECT key FROM movement ORDER BY key').pluck().all() as string[];
}

function differences({ database, postings }: TestLedger): Difference[] {
  const found: Difference[] = [];
  verifyLedger(database, postings, (difference) => found.push(difference));
  return found;
}

test('closed history moves whole, and nothing else does', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 1_200);
  tell(ledger, takeInSale(ledger, { transactionId: 'doubtful', productCode: 'd' }), undefined);
  takeInSale(ledger, { transactionId: 'due', productCode: 'e' });
  const young = { transactionId: 'young', productCode: 'f', recordedAt: '2026-11-22T00:00:00.000Z' };
  tell(ledger, takeInSale(ledger, young), 'accepted');
  const before = rowsOf(ledger.database);

  expect(await archive(ledger)).toMatchObject({ movements: 1_200, calls: 1_200 });

  const archived = openArchive(ledger);
  expect(rowsOf(ledger.database, archived)).toEqual(before);
  expect(keys(ledger.database)).toEqual(['doubtful/1/1', 'due/1/1', 'young/1/1']);
  expect(countStates(archived)).toEqual({ posted: 1_200 });
  expect(differences(ledger)).toEqual([]);
});

test('a dry run counts the same and changes nothing', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 30);
  expect(await archive(ledger, { dryRun: true })).toMatchObject({ movements: 30, calls: 30 });
  expect(keys(ledger.database)).toHaveLength(30);
  await expect(readdir(folderOf(ledger))).rejects.toThrow('ENOENT');
});

describe('a movement stays', () => {
  test('when it shares a call, at any remove, with one that stays', async () => {
    const ledger = await makeLedger();
    const [a = 0] = takeInSale(ledger, { transactionId: 'a', productCode: 'x' });
    const [b = 0] = takeInSale(ledger, { transactionId: 'b', productCode: 'x' });
    const later = { transactionId: 'c', productCode: 'x', recordedAt: '2026-11-23T00:00:00.000Z' };
    const [c = 0] = takeInSale(ledger, later);
    tell(ledger, [a, b], 'not-applied');
    tell(ledger, [a], 'accepted');
    tell(ledger, [b, c], 'accepted');
    tell(ledger, takeInSale(ledger, { transactionId: 'd', productCode: 'y' }), 'accepted');
    expect(await archive(ledger)).toMatchObject({ movements: 1, calls: 1 });
    expect(keys(ledger.database)).toEqual(['a/1/1', 'b/1/1', 'c/1/1']);
  });

  test('when a doubt of the same store and product is open, which it is evidence for', async () => {
    const ledger = await makeLedger();
    tell(ledger, takeInSale(ledger, { transactionId: 'a', productCode: 'x' }), 'accepted');
    tell(ledger, takeInSale(ledger, { transactionId: 'b', productCode: 'x' }), undefined);
    expect(await archive(ledger)).toMatchObject({ movements: 0 });
  });

  test('when no transaction line would remember it', async () => {
    const ledger = await makeLedger();
    const change = movement('1001', { source: 'elsewhere', recordedAt: Date.parse('2026-11-20') });
    const id = ledger.database.transaction(() => ledger.movements.add(change))();
    tell(ledger, [id], 'accepted');
    expect(await archive(ledger)).toMatchObject({ movements: 0 });
  });

  test('when a delivered reset that nobody has confirmed yet may still concern it', async () => {
    const ledger = await makeLedger();
    const takenAt = '2026-11-20T02:00:00.000Z';
    const now = new Date(systemClock.now()).toISOString();
    ledger.database.exec(
      `INSERT INTO file (feed, work_name, name, bytes, sha256, modified_at, finished_at, outcome, kept_as)
         VALUES ('inventory', 'w', 'n', 1, 's', '${now}', '${now}', 'accepted', 'k');
       INSERT INTO snapshot (file_id, taken_at, correction, reset_name, reset_bytes, reset_sha256, row_count, written,
         rejected, state, uploaded_at)
         VALUES (1, '${takenAt}', 0, 'r', 1, 's', 1, 1, 0, 'delivered', '${now}')`,
    );
    tell(ledger, takeInSale(ledger, { transactionId: 'after', productCode: 'x' }), 'accepted');
    const early = '2026-11-20T01:00:00.000Z';
    const sale = { transactionId: 'before', productCode: 'y', recordedAt: early };
    tell(ledger, takeInSale(ledger, sale), 'accepted', early);
    expect(await archive(ledger)).toMatchObject({ movements: 1, openSince: takenAt });
    expect(keys(ledger.database)).toEqual(['after/1/1']);
  });
});

test('changes of stock move too: a level remembers what led to it', async () => {
  const ledger = await makeLedger();
  const at = { source: 'stock-changes', recordedAt: Date.parse('2026-11-20') };
  const ids = ['1001', '1002', '1/77/1'].map((key) => ledger.movements.add(movement(key, at)));
  tell(ledger, ids, 'accepted');
  tell(ledger, takeInSale(ledger, { transactionId: 'd', productCode: 'y' }), 'accepted');
  expect(await archive(ledger)).toMatchObject({ movements: 4, calls: 2 });
  expect(keys(ledger.database)).toEqual([]);
  expect(differences(ledger)).toEqual([]);
});

test('a repeat of an archived sale records nothing, and an edit of it only the difference', async () => {
  const ledger = await makeLedger();
  tell(ledger, takeInSale(ledger, { transactionId: 'a' }), 'accepted');
  await archive(ledger);
  expect(keys(ledger.database)).toEqual([]);
  expect(takeInSale(ledger, { transactionId: 'a' })).toEqual([]);
  const edit = { transactionId: 'a', quantity: -3, recordedAt: '2026-11-21T00:00:00.000Z' };
  expect(takeInSale(ledger, edit)).toHaveLength(1);
  expect(keys(ledger.database)).toEqual(['a/1/2']);
  expect(ledger.database.prepare('SELECT quantity FROM movement').pluck().get()).toBe(-2);
  expect(differences(ledger)).toEqual([]);
});

test('a movement that vanished is not taken for an archived one', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 3);
  await archive(ledger);
  addPostedSales(ledger, 2, { transactionId: 'u' });
  ledger.database.pragma('foreign_keys = OFF');
  for (const table of ['posting', 'call_movement']) {
    ledger.database.exec(`DELETE FROM ${table} WHERE movement_id = 4`);
  }
  ledger.database.exec('DELETE FROM call WHERE id = 4; DELETE FROM movement WHERE id = 4');
  expect(differences(ledger)).toEqual([{ kind: 'archive', what: expect.stringMatching(/^4 movements/) }]);
});

test('a second one at the same time is refused', async () => {
  const ledger = await makeLedger();
  addPostedSales(ledger, 1);
  await archive(ledger);
  const held = holdExclusively(join(folderOf(ledger), '.ledger-archive.lock'));
  await expect(archive(ledger)).rejects.toMatchObject({ code: 'archive-busy' });
  held?.release();
});

describe('killed', () => {
  test.each([
    ['copied', 1],
    ['copied', 3],
    ['deleted', 2],
  ])(
    'when a part is %s (%d), nothing is lost and the next run leaves nothing double',
    async (point, times) => {
      const ledger = await makeLedger();
      addPostedSales(ledger, 1_700);
      const before = rowsOf(ledger.database);
      const killed = spawn(process.execPath, [
        child,
        ledger.path,
        folderOf(ledger),
        // Another date than the next run's: another file.
        '2026-11-21',
        point,
        String(times),
      ]);
      expect((await once(killed, 'exit'))[1]).toBe('SIGKILL');
      expect(differences(ledger)).toEqual([]);

      await archive(ledger);
      const archives = [openArchive(ledger), openArchive(ledger, 'ledger-until-2026-11-21.db')];
      expect(rowsOf(ledger.database, ...archives)).toEqual(before);
      expect(keys(ledger.database)).toEqual([]);
      expect(differences(ledger)).toEqual([]);
    },
  );
});
