import type { Alarm } from '../ledger/alarm-records.ts';
import type { FileRecord } from '../ledger/file-records.ts';
import type { LastCall, OpenFigures } from '../ledger/open-figures.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';

/** What is open for one store, under the name that people know. */
export interface StoreStanding extends OpenFigures {
  name: string;
}

/** Everything that the first sentence follows from. Moments in epoch milliseconds. */
export interface Situation {
  now: number;
  timeZone: string;
  nextReset: number;
  deadline: number;
  /** The snapshot that was delivered last. */
  delivered: Snapshot | undefined;
  undelivered: readonly Snapshot[];
  held: readonly Snapshot[];
  unconfirmed: readonly Snapshot[];
  /** Files refused since the last delivery. */
  refused: readonly FileRecord[];
  /** Alarms that are on. */
  alarms: readonly Alarm[];
  /** Stores with something open; of a very large backlog, of its oldest part. */
  stores: readonly StoreStanding[];
  /** All that goes out to the OMS by itself. */
  due: number;
  /** When Smaregi recorded the newest movement that is known; undefined: none ever came. */
  newestAt: number | undefined;
  lastCall: LastCall | undefined;
  /** Since when something has been due without a pause; undefined: nobody has been looking. */
  backlogSince: number | undefined;
  /** At the pace of the last minutes; undefined: nothing goes out. */
  minutesToDrain: number | undefined;
  /** Whether an OMS is configured; without one movements wait in the ledger. */
  posting: boolean;
}

/** `attention`: a person must do something. `waiting`: in hand. `ok`: nothing to do. */
export type Level = 'ok' | 'waiting' | 'attention';
