import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LedgerRecords, ledgerRecords } from '../../src/ledger/ledger-records.ts';
import type { NewMovement } from '../../src/ledger/movement-records.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestLedger extends LedgerRecords {
  path: string;
}

/** A fresh ledger in a real SQLite file. */
export async function makeLedger(): Promise<TestLedger> {
  const path = join(await temporaryFolder(), 'flagship.db');
  const ledger = openTestLedger(path);
  onTestFinished(() => {
    ledger.database.close();
  });
  return ledger;
}

export function openTestLedger(path: string): TestLedger {
  return { path, ...ledgerRecords(openLedger(path), systemClock) };
}

const anyTime = Date.UTC(2026, 10, 24, 4, 0, 0);

/** A sale of one, unless told otherwise; `key` names it. */
export function movement(key: string, change: Partial<NewMovement> = {}): NewMovement {
  return {
    source: 'transactions',
    key,
    destination: 'hotwax',
    storeId: '1',
    productCode: '4901234000001',
    kind: 'sale',
    quantity: -1,
    occurredAt: anyTime,
    recordedAt: anyTime,
    ...change,
  };
}

/** How many postings are in each state. */
export function countStates(database: Database): Record<string, number> {
  const rows = database.prepare('SELECT state, count(*) AS n FROM posting GROUP BY state').all() as {
    state: string;
    n: number;
  }[];
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}
