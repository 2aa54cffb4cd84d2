import type { StoreCount } from '../ledger/snapshot-records.ts';

export type HoldReason = 'stale' | 'too-many-rejected' | 'store-missing' | 'store-dropped';

export interface Hold {
  reason: HoldReason;
  /** What was seen, in words and figures. */
  message: string;
}

/** What the guards look at. Moments in epoch milliseconds. */
export interface GuardFacts {
  takenAt: number;
  /** Corrected rows complete an earlier snapshot: they are few, of some stores, and of the same moment. */
  correction: boolean;
  /** Rows that count: neither totals nor warehouse rows, which are expected to be refused. */
  rows: number;
  rejected: number;
  stores: StoreCount[];
  /** When the last delivered snapshot with any of these stores was taken. */
  lastDeliveredTakenAt: number | undefined;
  /** The stores of the newest accepted snapshot that shares a store with this one and that are still in the map. */
  expectedStores: string[];
  /** Per store, what the newest accepted snapshot with it counted. */
  lastPerStore: ReadonlyMap<string, StoreCount>;
}

export interface GuardLimits {
  maxRejectedRatio: number;
  maxDropRatio: number;
}

/** The reasons for which a person must look at a snapshot before it is delivered; none: it may go. Pure. */
export function holdsOf(facts: GuardFacts, limits: GuardLimits): Hold[] {
  const holds = [stale(facts), tooManyRejected(facts, limits)];
  if (!facts.correction) holds.push(storeMissing(facts), storeDropped(facts, limits));
  return holds.filter((hold) => hold !== undefined);
}

function stale({ takenAt, lastDeliveredTakenAt: last, correction }: GuardFacts): Hold | undefined {
  if (last === undefined || takenAt > last || (correction && takenAt === last)) return undefined;
  return { reason: 'stale', message: 'it was not taken after the last snapshot that was delivered' };
}

function tooManyRejected({ rows, rejected, stores }: GuardFacts, limits: GuardLimits): Hold | undefined {
  if (stores.length === 0) return { reason: 'too-many-rejected', message: 'not one row of it can be used' };
  if (rejected <= rows * limits.maxRejectedRatio) return undefined;
  const percent = ((100 * rejected) / rows).toFixed(1);
  return {
    reason: 'too-many-rejected',
    message: `${rejected} of ${rows} rows (${percent} %) are rejected; at most ${100 * limits.maxRejectedRatio} % may be`,
  };
}

function storeMissing({ stores, expectedStores }: GuardFacts): Hold | undefined {
  const present = new Set(stores.map((store) => store.storeId));
  const missing = expectedStores.filter((storeId) => !present.has(storeId));
  if (missing.length === 0) return undefined;
  return {
    reason: 'store-missing',
    message: `no row for store ${missing.join(', ')}, which the snapshot before had`,
  };
}

function storeDropped({ stores, lastPerStore }: GuardFacts, limits: GuardLimits): Hold | undefined {
  const dropped = stores.flatMap((now) => {
    const last = lastPerStore.get(now.storeId);
    if (!last) return [];
    const fell = (before: number, after: number) => after < before * (1 - limits.maxDropRatio);
    if (!fell(last.units, now.units) && !fell(last.rows, now.rows)) return [];
    return [
      `store ${now.storeId} from ${last.units} units in ${last.rows} rows to ${now.units} in ${now.rows}`,
    ];
  });
  if (dropped.length === 0) return undefined;
  return {
    reason: 'store-dropped',
    message: `${dropped.join('; ')} (a fall of more than ${100 * limits.maxDropRatio} %)`,
  };
}
