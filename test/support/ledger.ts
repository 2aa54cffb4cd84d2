import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CallRecords } from '../../src/ledger/call-records.ts';
import { MovementRecords, type NewMovement } from '../../src/ledger/movement-records.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { PostingRecords } from '../../src/ledger/posting-records.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestLedger {
  path: string;
  database: Database;
  postings: PostingRecords;
  calls: CallRecords;
  movements: MovementRecords;
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
  const database = openLedger(path);
  const postings = new PostingRecords(database);
  const calls = new CallRecords(database, postings);
  return {
    path,
    database,
    postings,
    calls,
    movements: new MovementRecords(database, postings, calls, systemClock),
  };
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
