import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from '../platform/database.ts';

const migrations = fileURLToPath(new URL('./migrations', import.meta.url));

/** Opens (or makes) the ledger. @throws Problem `ledger-newer`, `ledger-damaged` */
export function openLedger(path: string): Database {
  return openDatabase(path, migrations);
}
