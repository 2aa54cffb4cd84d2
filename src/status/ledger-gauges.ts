import type { Store } from '../config/store-map.ts';
import { LedgerFigures, scannedRows } from '../ledger/ledger-figures.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Meter } from '../platform/meter.ts';

/** Counting takes at most one part in so many of the time, however much is open. */
const restShare = 200;
const leastRestMs = 2_000;

/** Figures of postings, read from the ledger when somebody asks, but not more often than is cheap. */
export function addLedgerGauges(options: LedgerGaugesOptions): void {
  const gauges = new LedgerGauges(options);
  options.meter.beforeReading(() => gauges.set());
}

interface LedgerGaugesOptions {
  meter: Meter;
  database: Database;
  stores: readonly Store[];
  clock: Clock;
}

class LedgerGauges {
  readonly #figures: LedgerFigures;
  readonly #clock: Clock;
  readonly #stores: readonly Store[];
  readonly #postings;
  readonly #oldest;
  #readAgainAt = Number.NEGATIVE_INFINITY;
  #openStores: { destination: string; storeId: string; recordedAt: number }[] = [];

  constructor(options: LedgerGaugesOptions) {
    const { meter, database, stores, clock } = options;
    this.#figures = new LedgerFigures(database);
    this.#stores = stores;
    this.#clock = clock;
    this.#postings = meter.gauge(
      'flagship_postings',
      'Postings by state; due counts those that wait for a retry, closed is posted or absorbed.',
      ['destination', 'state'],
    );
    this.#oldest = meter.gauge(
      'flagship_oldest_unposted_seconds',
      'Age of the oldest movement of a store that its destination has not accepted; 0: none. Left out where it is younger than the oldest thousands.',
      ['destination', 'store'],
    );
  }

  set(): void {
    const now = this.#clock.now();
    if (now >= this.#readAgainAt) this.#read(now);
    this.#oldest.reset();
    for (const { destination, storeId, recordedAt } of this.#openStores) {
      const seconds = recordedAt === Number.POSITIVE_INFINITY ? 0 : Math.max(0, now - recordedAt) / 1000;
      this.#oldest.set({ destination, store: storeId }, seconds);
    }
  }

  #read(now: number): void {
    this.#postings.reset();
    const counts = this.#figures.counts();
    for (const { destination, state, count } of counts) this.#postings.set({ destination, state }, count);
    const open = this.#figures.oldest();
    const few = counts.every(({ state, count }) => state === 'closed' || count <= scannedRows);
    const calm = this.#stores
      .filter(({ kind, storeId }) => kind !== 'warehouse' && !open.some((other) => other.storeId === storeId))
      .map(({ storeId }) => ({ destination: 'hotwax', storeId, recordedAt: Number.POSITIVE_INFINITY }));
    this.#openStores = few ? [...open, ...calm] : open;
    const tookMs = this.#clock.now() - now;
    this.#readAgainAt = now + Math.max(leastRestMs, tookMs * restShare);
  }
}
