import { readdirSync, readFileSync } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { exists, syncFile, syncFolder } from './durable-file.ts';
import { withKeptPlan } from './kept-plan.ts';
import { messageOf, Problem, systemCode } from './problem.ts';

export type Database = Sqlite.Database;

/**
 * Pages of 4 KiB in the write-ahead log before they are copied into the database: copying seldom saves writing the
 * same page again and again while thousands of sales are taken in.
 */
const checkpointPages = 8_000;
/** The pages that a busy day touches fit in. */
const cacheKibibytes = 32 * 1024;

/** How long a command waits while another process writes; single transactions here take milliseconds. */
const busyTimeoutMs = 10_000;

/**
 * Opens a SQLite file and brings its schema up to date.
 *
 * Durable: write-ahead log with `synchronous=FULL`, so that a commit survives a power cut (better-sqlite3's
 * build otherwise falls back to NORMAL as soon as WAL is on). `migrations` holds files named `NNNN-what.sql`;
 * each runs once, in order, in a transaction of its own, and `user_version` remembers the last.
 *
 * @throws Problem `ledger-newer` when the file was written by a newer program, `ledger-damaged` when SQLite
 * cannot read it.
 */
export function openDatabase(path: string, migrations: string): Database {
  let database: Database | undefined;
  try {
    database = new Sqlite(path, { timeout: busyTimeoutMs });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    database.pragma(`cache_size = -${cacheKibibytes}`);
    migrate(database, path, migrations);
    return keepPlans(database);
  } catch (error) {
    database?.close();
    if (error instanceof Problem) throw error;
    throw damaged(path, error);
  }
}

/**
 * Opens a SQLite file that another connection has brought up to date, for reading only: with a write-ahead log it
 * keeps nobody from writing.
 *
 * @throws Problem `ledger-damaged`
 */
export function openForReading(path: string): Database {
  try {
    return keepPlans(new Sqlite(path, { readonly: true, timeout: busyTimeoutMs }));
  } catch (error) {
    throw damaged(path, error);
  }
}

/** Pages of a scratch database that stay in memory; the rest is on disk. */
const scratchKibibytes = 24 * 1024;

/**
 * A database of this process alone, for work that does not fit in memory. SQLite keeps it in a file without a name
 * (in SQLITE_TMPDIR, else the system's temporary folder) that is gone when it is closed, however the process ends.
 */
export function openScratch(): Database {
  const database = new Sqlite('');
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.pragma(`cache_size = -${scratchKibibytes}`);
  return keepPlans(database);
}

/** Lets every statement that is prepared on this connection keep its plan. */
function keepPlans(database: Database): Database {
  const prepare = database.prepare.bind(database);
  return Object.assign(database, { prepare: (sql: string) => prepare(withKeptPlan(sql)) });
}

/** SQLite's own check of the whole file. @throws Problem `ledger-damaged` */
export function checkIntegrity(database: Database): void {
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw damaged(database.name, found);
}

/** As {@link checkIntegrity}, of a file that others may have open: what is wrong, or undefined. */
export function damageIn(path: string): string | undefined {
  let database: Database | undefined;
  try {
    database = new Sqlite(path, { readonly: true, timeout: busyTimeoutMs });
    const found = database.pragma('quick_check(1)', { simple: true });
    return found === 'ok' ? undefined : String(found);
  } catch (error) {
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(systemCode(error) ?? '')) return messageOf(error);
    throw error;
  } finally {
    database?.close();
  }
}

function migrate(database: Database, path: string, folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort();
  const apply = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > files.length) {
      throw new Problem(
        'ledger-newer',
        `${path} was written by a newer version (schema ${version}, this program knows ${files.length}).`,
        'Start the newer version again, or restore the backup made before it ran.',
      );
    }
    for (const [index, name] of files.entries()) {
      if (index < version) continue;
      database.exec(readFileSync(join(folder, name), 'utf8'));
      database.pragma(`user_version = ${index + 1}`);
    }
  });
  apply.immediate();
}

/** What to tell people of a file that SQLite cannot read. */
export function damaged(path: string, error: unknown): Problem {
  return new Problem(
    'ledger-damaged',
    `${path} cannot be read as our database: ${messageOf(error)}`,
    'Stop the service, keep the file, and restore the last backup (see docs/operations.md).',
    { cause: error },
  );
}

/** More than SQLite has: the copy is made in one step. */
const allPages = 0x7fffffff;

/**
 * Copies a database that others may be writing to into a new file `target`, checked and durable: there whole or not at
 * all. All pages are copied in one step, within one read transaction, since a copy in several steps starts again
 * whenever another process writes. `VACUUM INTO` is as consistent, but builds indexes anew and so hides that the
 * original is damaged.
 *
 * @throws Problem `backup-exists`, `backup-failed`
 */
export async function backupDatabase(database: Database, target: string): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.tmp`);
  const clear = () => Promise.all(['', '-wal', '-shm'].map((end) => rm(temporary + end, { force: true })));
  if (await exists(target)) throw backupExists(target);
  try {
    await clear();
    await database.backup(temporary, { progress: () => allPages });
    checkCopy(temporary);
    await syncFile(temporary);
    // A link, unlike a rename, never replaces what is there.
    await link(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? backupExists(target) : backupFailed(target, error);
  } finally {
    await clear();
  }
}

/** Makes the copy one file without a log beside it, and has SQLite check it. */
function checkCopy(path: string): void {
  const copy = new Sqlite(path);
  try {
    copy.pragma('journal_mode = DELETE');
    checkIntegrity(copy);
  } finally {
    copy.close();
  }
}

function backupExists(target: string): Problem {
  return new Problem(
    'backup-exists',
    `${target} exists already.`,
    'Name a file that does not exist: a backup is never written over.',
  );
}

function backupFailed(target: string, error: unknown): Problem {
  return new Problem(
    'backup-failed',
    `No backup was made at ${target}: ${messageOf(error)}`,
    'Look at the folder (is it there, writable, with room, on a file system with links?); then "flagship ledger verify".',
    { cause: error },
  );
}

/**
 * Opens `path` and holds an exclusive transaction on it until `release`, or until this process ends, however it
 * does. Returns undefined when another process still holds it after `waitMs`.
 */
export function holdExclusively(path: string, waitMs = 0): { release(): void } | undefined {
  const database = new Sqlite(path, { timeout: waitMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (systemCode(error) === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  return { release: () => database.close() };
}
