import type { Minute } from '../ledger/call-rate.ts';
import type { ListedPosting } from '../ledger/posting-list.ts';
import { toIso } from '../platform/time-zone.ts';
import type { BacklogHistory } from './backlog-history.ts';
import type { Bilingual } from './bilingual.ts';
import type { StoreStanding } from './situation.ts';
import { movementText } from './story-text.ts';

/** The chart: one value for each minute, the last one still running. */
export interface MinuteSeries {
  from: string;
  posted: number[];
  refused: number[];
  /** null: nobody looked in that minute. */
  due: (number | null)[];
}

/** What is open for one store, for its destination. Moments are ISO 8601 in UTC. */
export interface StoreStatus {
  storeId: string;
  name: string;
  destination: string;
  due: number;
  held: number;
  inDoubt: number;
  refused: number;
  oldestUnpostedAt: string | null;
}

/** A doubt or a refusal. */
export interface OpenPosting {
  id: number;
  state: string;
  destination: string;
  storeId: string;
  store: string;
  productCode: string;
  kind: string;
  quantity: number;
  /** `sale -2`. */
  change: Bilingual;
  recordedAt: string;
  sentAt: string | null;
  note: string | null;
  /** How often a person asked to replay it. */
  replays: number;
}

export function storeStatus(standing: StoreStanding): StoreStatus {
  const { storeId, name, destination, due, held, inDoubt, refused, oldestAt } = standing;
  const oldestUnpostedAt = Number.isFinite(oldestAt) ? toIso(oldestAt) : null;
  return { storeId, name, destination, due, held, inDoubt, refused, oldestUnpostedAt };
}

export function openPosting(posting: ListedPosting, storeName: (storeId: string) => string): OpenPosting {
  const { id, state, destination, storeId, productCode, kind, quantity, replays, calls } = posting;
  const last = calls.at(-1);
  return {
    id,
    state,
    destination,
    storeId,
    store: storeName(storeId),
    productCode,
    kind,
    quantity,
    change: movementText(kind, quantity),
    recordedAt: toIso(posting.recordedAt),
    sentAt: last ? toIso(last.sentAt) : null,
    note: last?.note ?? null,
    replays: replays.length,
  };
}

export function minuteSeries(minutes: readonly Minute[], history: BacklogHistory): MinuteSeries {
  return {
    from: toIso(minutes[0]?.at ?? 0),
    posted: minutes.map(({ accepted }) => accepted),
    refused: minutes.map(({ refused }) => refused),
    due: minutes.map(({ at }) => history.at(at)),
  };
}

/** So many whole minutes make a pace that neither jumps nor lags. */
const paceMinutes = 5;

/** Calls a minute, of late; the running minute is too short to tell. */
export function paceOf(minutes: readonly Minute[]): number {
  const whole = minutes.slice(-paceMinutes - 1, -1);
  const calls = whole.reduce((sum, { accepted, refused }) => sum + accepted + refused, 0);
  return whole.length === 0 ? 0 : calls / whole.length;
}
