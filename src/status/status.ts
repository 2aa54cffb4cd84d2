import type { Store } from '../config/store-map.ts';
import { AlarmRecords } from '../ledger/alarm-records.ts';
import type { FileRecord, FileRecords } from '../ledger/file-records.ts';
import type { OpenState } from '../ledger/ledger-figures.ts';
import { listPostings } from '../ledger/posting-list.ts';
import { type Reconciliation, ReconciliationRecords } from '../ledger/reconciliation-records.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import { toIso } from '../platform/time-zone.ts';
import type { Bilingual } from './bilingual.ts';
import {
  type MinuteSeries,
  type OpenPosting,
  openPosting,
  type StoreStatus,
  storeStatus,
} from './delta-status.ts';
import type { Finding } from './finding.ts';
import {
  countOf,
  namesOf,
  readSituation,
  type StatusSettings,
  type StatusSources,
} from './read-situation.ts';
import type { Level, Situation, StoreStanding } from './situation.ts';
import { type SnapshotBrief, snapshotBrief, type Timeline, timelineOf } from './snapshot-brief.ts';
import { judge } from './verdict.ts';

/** What the status page, `/status.json` and `flagship status` say. Moments are ISO 8601 in UTC. */
export interface Status {
  at: string;
  timeZone: string;
  /** One sentence of truth, for a person. */
  sentence: string;
  sentences: Bilingual;
  level: Level;
  /** All that is wrong or under way, most urgent first. */
  findings: Finding[];
  nextReset: string;
  deadline: string;
  /** The snapshot that matters now: on its way, or else the one delivered last. */
  snapshot: Timeline | null;
  /** The snapshot that was delivered last. */
  delivered: SnapshotBrief | null;
  /** Snapshots on their way, with what keeps them. */
  undelivered: SnapshotBrief[];
  /** Snapshots that wait for a person. */
  held: SnapshotBrief[];
  /** Files that were refused since the last delivered snapshot was taken. */
  refused: { file: string; at: string; reason: string; message: string }[];
  /** The files that came last. */
  files: FileStatus[];
  deltas: {
    due: number;
    held: number;
    inDoubt: number;
    refused: number;
    /** When Smaregi recorded the newest movement that is known. */
    newestAt: string | null;
    oldestUnpostedAt: string | null;
    minutesToDrain: number | null;
    /** Calls a minute in the last five minutes, and what the limit allows (null: no limit). */
    perMinute: number;
    limitPerMinute: number | null;
    /** The last minutes; null where nobody watches (the command line). */
    series: MinuteSeries | null;
  };
  stores: StoreStatus[];
  /** The oldest of each; how many there are in all stands in `deltas`. */
  doubts: OpenPosting[];
  refusals: OpenPosting[];
  /** Alarms that have started and not ended, oldest first. */
  alarms: { code: string; subject: string; message: string; startedAt: string }[];
  /** What the last comparison of the OMS's levels with the ledger's found. */
  reconciliation: (Omit<Reconciliation, 'at'> & { at: string }) | null;
}

export interface FileStatus {
  id: number;
  feed: string;
  file: string;
  at: string;
  outcome: string;
  reason: string | null;
  message: string | null;
  hasRejectedRows: boolean;
}

/** What a person can look through; more is found with "flagship postings". */
const listLimit = 100;
const fileLimit = 12;

/** Reads how things stand from the ledger and says what it means at `now`. Reads only. */
export function readStatus(sources: StatusSources, settings: StatusSettings, now: number): Status {
  const { database, files } = sources;
  const { situation, counts, series, perMinute } = readSituation(sources, settings, now);
  const { sentence, level, findings } = judge(situation);
  const { delivered, undelivered, held, stores, newestAt, minutesToDrain } = situation;
  const storeName = namesOf(sources.stores);
  const list = (state: 'in-doubt' | 'refused') =>
    listPostings(database, { states: [state] }, listLimit).map((posting) => openPosting(posting, storeName));
  const sum = (state: OpenState) => countOf(counts, undefined, state);
  const compared = new ReconciliationRecords(database).last();
  const oldest = Math.min(...stores.map(({ oldestAt }) => oldestAt));
  return {
    at: toIso(now),
    timeZone: settings.timeZone,
    sentence: sentence.en,
    sentences: sentence,
    level,
    findings,
    nextReset: toIso(situation.nextReset),
    deadline: toIso(situation.deadline),
    snapshot: current(situation, files),
    delivered: delivered ? snapshotBrief(delivered) : null,
    undelivered: undelivered.map(snapshotBrief),
    held: held.map(snapshotBrief),
    refused: situation.refused.map(({ name, finishedAt, reason, message }) => ({
      file: name,
      at: toIso(finishedAt),
      reason: reason ?? '',
      message: message ?? '',
    })),
    files: files.recent(fileLimit).map(fileStatus),
    deltas: {
      due: sum('due') + sum('sending'),
      held: sum('held'),
      inDoubt: sum('in-doubt'),
      refused: sum('refused'),
      newestAt: newestAt === undefined ? null : toIso(newestAt),
      oldestUnpostedAt: Number.isFinite(oldest) ? toIso(oldest) : null,
      minutesToDrain: minutesToDrain ?? null,
      perMinute,
      limitPerMinute: settings.oms?.requestsPerSecond ? settings.oms.requestsPerSecond * 60 : null,
      series,
    },
    stores: storesOf(sources.stores, stores).map(storeStatus),
    doubts: list('in-doubt'),
    refusals: list('refused'),
    alarms: new AlarmRecords(database).open().map(({ code, subject, message, startedAt }) => {
      return { code, subject, message, startedAt: toIso(startedAt) };
    }),
    reconciliation: compared ? { ...compared, at: toIso(compared.at) } : null,
  };
}

/** What is on its way or waits for a person comes before what was delivered. */
function current({ undelivered, held, delivered }: Situation, files: FileRecords): Timeline | null {
  const newest = [...undelivered, ...held].reduce<Snapshot | undefined>(
    (latest, snapshot) => (latest && latest.takenAt > snapshot.takenAt ? latest : snapshot),
    undefined,
  );
  const chosen = newest ?? delivered;
  return chosen ? timelineOf(chosen, files.ofSnapshot(chosen.id)) : null;
}

/** Every store of the store map, and whichever else something is open for. */
function storesOf(stores: readonly Store[], open: readonly StoreStanding[]): StoreStanding[] {
  const quiet = stores
    .filter(({ kind, storeId }) => kind !== 'warehouse' && !open.some((store) => store.storeId === storeId))
    .map(
      ({ storeId, name }): StoreStanding => ({
        storeId,
        name,
        destination: 'hotwax',
        due: 0,
        held: 0,
        inDoubt: 0,
        refused: 0,
        refusedProducts: 0,
        oldest: {},
        oldestAt: Number.POSITIVE_INFINITY,
      }),
    );
  return [...open.toSorted((a, b) => a.oldestAt - b.oldestAt), ...quiet];
}

function fileStatus({
  id,
  feed,
  name,
  finishedAt,
  outcome,
  reason,
  message,
  rejectedAs,
}: FileRecord): FileStatus {
  return {
    id,
    feed,
    file: name,
    at: toIso(finishedAt),
    outcome,
    reason,
    message,
    hasRejectedRows: rejectedAs !== null,
  };
}
