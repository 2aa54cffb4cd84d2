import type { Store } from '../config/store-map.ts';
import { AlarmRecords } from '../ledger/alarm-records.ts';
import type { CallRate } from '../ledger/call-rate.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import { LedgerFigures, type OpenState, type PostingCount } from '../ledger/ledger-figures.ts';
import { lastCall, newestMovementAt, openFigures } from '../ledger/open-figures.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Database } from '../platform/database.ts';
import { nextTimeOfDay } from '../platform/time-zone.ts';
import type { BacklogHistory } from './backlog-history.ts';
import { type MinuteSeries, minuteSeries, paceOf } from './delta-status.ts';
import type { Situation, StoreStanding } from './situation.ts';

/** What the status is read from. */
export interface StatusSources {
  database: Database;
  files: FileRecords;
  snapshots: SnapshotRecords;
  stores: readonly Store[];
  /** What is remembered from one look to the next, by whoever looks again and again. */
  watch?: { rate: CallRate; history: BacklogHistory } | undefined;
}

export interface StatusSettings {
  timeZone: string;
  reset: { appliesAt: string; deadline: string };
  /** null: no OMS is configured. */
  oms: { requestsPerSecond: number | null } | null;
}

const dayMs = 86_400_000;
/** A refused file is news until a later snapshot is delivered; this many at most are named. */
const refusedLimit = 20;
/** Reads from the ledger how things stand at `now`, and the pace of the last minutes where somebody watches. */
export function readSituation(
  { database, files, snapshots, stores, watch }: StatusSources,
  { timeZone, reset, oms }: StatusSettings,
  now: number,
): { situation: Situation; counts: readonly PostingCount[]; series: MinuteSeries | null; perMinute: number } {
  const delivered = snapshots.lastDelivered();
  const nextReset = nextTimeOfDay(now, reset.appliesAt, timeZone);
  const storeName = namesOf(stores);
  const open: StoreStanding[] = openFigures(database).map((figures) => ({
    ...figures,
    name: storeName(figures.storeId),
  }));
  const counts = new LedgerFigures(database).counts();
  const due = countOf(counts, 'hotwax', 'due') + countOf(counts, 'hotwax', 'sending');
  const minutes = watch?.rate.look(now) ?? [];
  watch?.history.note(now, due);
  const perMinute = paceOf(minutes);
  const pace = perMinute || (oms?.requestsPerSecond ?? 0) * 60;
  return {
    perMinute,
    counts,
    series: watch ? minuteSeries(minutes, watch.history) : null,
    situation: {
      now,
      timeZone,
      nextReset,
      deadline: nextTimeOfDay(nextReset - dayMs, reset.deadline, timeZone),
      delivered,
      undelivered: snapshots.inState('ready', 'delivering'),
      held: snapshots.inState('held'),
      unconfirmed: snapshots.inState('unconfirmed'),
      refused: files.refused(refusedLimit).filter((file) => file.finishedAt > (delivered?.deliveredAt ?? 0)),
      alarms: new AlarmRecords(database).open().filter(({ calmSince }) => calmSince === undefined),
      stores: open,
      due,
      newestAt: newestMovementAt(database, 'hotwax'),
      lastCall: lastCall(database, 'hotwax'),
      backlogSince: watch?.history.since,
      minutesToDrain: due > 0 && pace > 0 ? due / pace : undefined,
      posting: oms !== null,
    },
  };
}

/** How many postings of a destination, or of all (undefined), are in a state. */
export function countOf(
  counts: readonly PostingCount[],
  destination: string | undefined,
  state: OpenState,
): number {
  return counts
    .filter((one) => one.state === state && (destination === undefined || one.destination === destination))
    .reduce((sum, { count }) => sum + count, 0);
}

/** What people call a store. */
export function namesOf(stores: readonly Store[]): (storeId: string) => string {
  const names = new Map(
    stores.map(({ storeId, name, storeCode }) => [storeId, name || storeCode || storeId]),
  );
  return (storeId) => names.get(storeId) ?? storeId;
}
