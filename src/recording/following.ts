import type { Store } from '../config/store-map.ts';
import type { CallRecords } from '../ledger/call-records.ts';
import { EchoRecords } from '../ledger/echo-records.ts';
import { LevelRecords } from '../ledger/level-records.ts';
import { MovementRecords } from '../ledger/movement-records.ts';
import type { PostingRecords } from '../ledger/posting-records.ts';
import { ReadingRecords } from '../ledger/reading-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { SmaregiSettings } from '../smaregi/smaregi-client.ts';
import type { StockLevel } from '../smaregi/stock-level.ts';
import { ChangeRecorder } from './change-recorder.ts';
import { LevelRecorder } from './level-recorder.ts';
import { RowNames } from './row-names.ts';
import type { SmaregiAccess } from './smaregi-access.ts';
import { StockReading } from './stock-reading.ts';
import { StockRecorder } from './stock-recorder.ts';
import { TransactionRecorder } from './transaction-recorder.ts';

export interface FollowingOptions extends SmaregiAccess {
  stores: Store[];
  database: Database;
  movements: MovementRecords;
  postings: PostingRecords;
  calls: CallRecords;
  clock: Clock;
  log: Logger;
  /** Called when movements are in the ledger that were not there before. */
  onMovements: () => void;
}

/** Everything that takes Smaregi's stock into the ledger (`sales.from: "stock-changes"`). */
export function followStock(options: FollowingOptions): StockRecorder {
  const { settings, database } = options;
  const levelOf = ({ stock, layaway }: { stock: number; layaway: number }) =>
    settings.stock === 'available' ? stock - layaway : stock;
  const common = {
    ...options,
    levels: new LevelRecords(database),
    echoes: new EchoRecords(database),
    levelOf,
  };
  const levels = new LevelRecorder(common);
  const begin = (found: readonly StockLevel[]) => {
    database
      .transaction(() => {
        for (const level of found) levels.begin(level);
      })
      .immediate();
  };
  const records = new ReadingRecords(database);
  return new StockRecorder({
    ...options,
    reading: new StockReading({ ...options, records, since: sinceOf(settings), begin }),
    names: new RowNames(options),
    changes: new ChangeRecorder(common),
    levels,
    overlapMs: settings.overlapMinutes * 60_000,
  });
}

/** Everything that takes Smaregi's transactions into the ledger (`sales.from: "transactions-api"`). */
export function followTransactions(options: FollowingOptions, timeZone: string): TransactionRecorder {
  const { settings, database, postings, calls, clock } = options;
  return new TransactionRecorder({
    ...options,
    movements: new MovementRecords(database, postings, calls, clock),
    records: new ReadingRecords(database),
    timeZone,
    since: sinceOf(settings),
    overlapMs: settings.overlapMinutes * 60_000,
  });
}

function sinceOf({ since }: SmaregiSettings): number | undefined {
  return since === undefined ? undefined : fromIso(since);
}
