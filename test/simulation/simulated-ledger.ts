import { openLedger } from '../../src/ledger/open-ledger.ts';
import type { Database } from '../../src/platform/database.ts';
import { statementOf } from './statements.ts';

/** Whoever changes a fact, or takes one away, is found out by SQLite itself. */
const factTables = ['movement', 'call_movement', 'doubt', 'replay', 'reset', 'snapshot_row'];

const inHistory = 'NOT EXISTS (SELECT 1 FROM between_histories)';

function forbid(table: string, what: 'UPDATE' | 'DELETE'): string {
  return `CREATE TRIGGER ${table}_${what} BEFORE ${what} ON ${table} WHEN ${inHistory}
    BEGIN SELECT RAISE(ABORT, 'a fact was changed: ${what} ${table}'); END;`;
}

const guards = `
  CREATE TABLE between_histories (at INTEGER);
  ${factTables.map((table) => forbid(table, 'UPDATE') + forbid(table, 'DELETE')).join('\n')}
  ${forbid('call', 'DELETE')}
  CREATE TRIGGER call_update BEFORE UPDATE ON call
  WHEN OLD.outcome <> 'unknown' OR NEW.outcome = 'unknown' OR NEW.sent_at <> OLD.sent_at
    OR NEW.quantity <> OLD.quantity OR NEW.destination <> OLD.destination OR NEW.sent <> OLD.sent
  BEGIN SELECT RAISE(ABORT, 'a fact was changed: UPDATE call'); END;
`;

/** Opens a ledger with all its migrations, that guards its facts. */
function open(path: string): Database {
  const database = openLedger(path);
  database.exec(guards);
  return database;
}

let inMemory: Database | undefined;

/**
 * An empty ledger in memory. It is always the same one, emptied: opening one and compiling its statements takes longer
 * than a history. So one history is lived at a time.
 */
export function ledgerInMemory(): Database {
  if (inMemory?.open !== true) inMemory = open(':memory:');
  empty(inMemory);
  return inMemory;
}

/** A new one in a file. */
export function ledgerOnDisk(path: string): Database {
  return open(path);
}

function empty(database: Database): void {
  const tables = statementOf(
    database,
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    'pluck',
  ).all() as string[];
  database.pragma('foreign_keys = OFF');
  statementOf(database, 'INSERT INTO between_histories VALUES (1)').run();
  for (const table of tables) {
    if (table !== 'between_histories') statementOf(database, `DELETE FROM ${table}`).run();
  }
  statementOf(database, 'DELETE FROM sqlite_sequence').run();
  statementOf(database, 'DELETE FROM between_histories').run();
  database.pragma('foreign_keys = ON');
}
