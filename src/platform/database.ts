import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { messageOf, Problem, systemCode } from './problem.ts';

export type Database = Sqlite.Database;

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
    migrate(database, path, migrations);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof Problem) throw error;
    throw damaged(path, error);
  }
}

/** SQLite's own check of the whole file. @throws Problem `ledger-damaged` */
export function checkIntegrity(database: Database): void {
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw damaged(database.name, found);
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

function damaged(path: string, error: unknown): Problem {
  return new Problem(
    'ledger-damaged',
    `${path} cannot be read as our database: ${messageOf(error)}`,
    'Stop the service, keep the file, and restore the last backup (see docs/operations.md).',
    { cause: error },
  );
}

/**
 * Opens `path` and holds an exclusive transaction on it until `release`, or until this process ends, however it
 * does. Returns undefined when another process holds it.
 */
export function holdExclusively(path: string): { release(): void } | undefined {
  const database = new Sqlite(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (systemCode(error) === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  return { release: () => database.close() };
}
