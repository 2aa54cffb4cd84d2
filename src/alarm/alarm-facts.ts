import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import { AlarmQuestions } from '../ledger/alarm-questions.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import type { Destination } from '../ledger/need.ts';
import { ReadingRecords } from '../ledger/reading-records.ts';
import { ReconciliationRecords } from '../ledger/reconciliation-records.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import { SnapshotTimeline } from '../ledger/snapshot-times.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { freeBytes, tokenEndsAt } from '../status/machine-gauges.ts';
import type { OmsWatch } from '../status/oms-watch.ts';
import { lastDeadline } from '../status/snapshot-gauges.ts';
import type { AlarmFacts } from './causes.ts';
import { openSince } from './opening-hours.ts';

export interface AlarmFactsOptions {
  configuration: Configuration;
  folders: DataFolders;
  stores: readonly Store[];
  database: Database;
  files: FileRecords;
  snapshots: SnapshotRecords;
  omsWatch: OmsWatch;
  clock: Clock;
}

/** So many refused files at most are alarms of their own. */
const refusedLimit = 20;
/** One poll may fail and the next succeed. */
const pollsMissed = 3;
/** What the OMS's clock said longer ago than this says nothing about now. */
const clockNewsMs = 2 * 60 * 60_000;

const destinations: [Destination, string][] = [
  ['hotwax', 'The OMS'],
  ['smaregi', 'Smaregi'],
];

/** Gathers what alarms follow from. */
export class AlarmFactsReader {
  readonly #options: AlarmFactsOptions;
  readonly #questions: AlarmQuestions;
  readonly #timeline: SnapshotTimeline;
  readonly #reconciliations: ReconciliationRecords;
  readonly #readings: ReadingRecords;
  readonly #dueSince = new Map<Destination, number>();
  #lookingSince: number | undefined;

  constructor(options: AlarmFactsOptions) {
    this.#options = options;
    this.#questions = new AlarmQuestions(options.database);
    this.#timeline = new SnapshotTimeline(options.database);
    this.#reconciliations = new ReconciliationRecords(options.database);
    this.#readings = new ReadingRecords(options.database);
  }

  async read(): Promise<AlarmFacts> {
    const { configuration, folders, omsWatch, clock } = this.#options;
    const now = clock.now();
    const heard = omsWatch.clock;
    return {
      now,
      inventory: { ...lastDeadline(now, configuration), lastReceivedAt: this.#timeline.lastReceivedAt() },
      refusedFiles: this.#refusedFiles(),
      snapshots: this.#snapshots(),
      postings: destinations.map(([destination, name]) => this.#postings(destination, name, now)),
      openStores: this.#openStores(now),
      smaregi: this.#smaregi(now),
      tokenEndsAt: tokenEndsAt(configuration.oms),
      freeBytes: await freeBytes(folders.root),
      clockDifferenceMs: heard && now - heard.at < clockNewsMs ? heard.differenceMs : undefined,
      drift: this.#reconciliations.last(),
    };
  }

  /** Until a later file of the same feed is taken in. */
  #refusedFiles(): AlarmFacts['refusedFiles'] {
    return this.#options.files
      .refused(refusedLimit)
      .filter(({ feed, finishedAt }) => finishedAt > (this.#questions.lastAcceptedAt(feed) ?? 0))
      .map(({ name, feed, reason }) => ({ name, feed, reason: reason ?? '' }));
  }

  #snapshots(): AlarmFacts['snapshots'] {
    const appliedTakenAt = this.#timeline.lastApplied()?.takenAt ?? 0;
    return this.#options.snapshots
      .inState('held', 'ready', 'delivering', 'unconfirmed')
      .filter(({ state, takenAt }) => state !== 'unconfirmed' || takenAt > appliedTakenAt)
      .map(({ id, file, state, reason, takenAt, problem }) => ({
        id,
        file,
        state: state as AlarmFacts['snapshots'][number]['state'],
        reason,
        receivedAt: this.#timeline.readyAt(id) ?? takenAt,
        problem: problem && `${problem.code}: ${problem.message}`,
      }));
  }

  #postings(destination: Destination, name: string, now: number): AlarmFacts['postings'][number] {
    const oldestDueAt = this.#questions.oldestDueAt(destination);
    if (oldestDueAt === undefined) this.#dueSince.delete(destination);
    else if (!this.#dueSince.has(destination)) this.#dueSince.set(destination, now);
    return {
      destination,
      name,
      oldestDueAt,
      dueSince: this.#dueSince.get(destination),
      ...this.#questions.doubts(destination),
      refused: this.#questions.refused(destination),
    };
  }

  /** A process that has just begun may still be reading what came meanwhile. */
  #smaregi(now: number): AlarmFacts['smaregi'] {
    const { smaregi, sales, alarms } = this.#options.configuration;
    if (smaregi === null || sales.from === 'transactions') return undefined;
    this.#lookingSince ??= now;
    const limitMs = Math.max(alarms.backlogMinutes * 60_000, pollsMissed * smaregi.pollSeconds * 1000);
    return { unreadSince: Math.max(this.#readings.lastReadAt() ?? 0, this.#lookingSince), limitMs };
  }

  #openStores(now: number): AlarmFacts['openStores'] {
    const { configuration, stores } = this.#options;
    const { openingHours } = configuration.alarms;
    if (openingHours.every === null && Object.keys(openingHours.stores).length === 0) return [];
    const lastSales = this.#questions.lastSales();
    return stores.flatMap((store) => {
      const since = openSince(store, openingHours, now, configuration.timeZone);
      if (since === undefined) return [];
      const { storeId, name } = store;
      return [{ storeId, name, openSince: since, lastSaleAt: lastSales.get(storeId) }];
    });
  }
}
