import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import { inAnyPart } from './movement-index.ts';
import type { Movement } from './movement-records.ts';
import type { CallOutcome, Destination } from './need.ts';
import { isOpen } from './posting-indexes.ts';
import type { PostingState } from './posting-state.ts';

/** Which postings; conditions combine. Moments in epoch milliseconds; recordedAt is what since and until look at. */
export interface PostingFilter {
  ids?: readonly number[] | undefined;
  states?: readonly PostingState[] | undefined;
  storeId?: string | undefined;
  productCode?: string | undefined;
  transactionId?: string | undefined;
  since?: number | undefined;
  until?: number | undefined;
}

/** A call as it stands in the history of a posting. */
export interface ListedCall {
  id: number;
  sentAt: number;
  /** False: recorded without traffic (netted, written off, undone on purpose). */
  sent: boolean;
  multiplicity: number;
  outcome: CallOutcome;
  outcomeAt: number | null;
  by: string | null;
  reason: string;
  /** Why: the destination's words, the operator's reason, or what makes it doubtful. */
  note: string | null;
}

/** A movement as its destination sees it. */
export interface ListedPosting extends Movement {
  state: PostingState;
  /** null: unknown. */
  need: number | null;
  postedAt: number | null;
  calls: ListedCall[];
  /** When a person asked to replay it, in order. */
  replays: ReplayAsked[];
}

export interface ReplayAsked {
  at: number;
  who: string;
  reason: string;
}

interface Row {
  id: number;
  source: string;
  key: string;
  destination: Destination;
  store_id: string;
  product_code: string;
  kind: string;
  quantity: number;
  occurred_at: string;
  recorded_at: string;
  state: PostingState;
  need: number | null;
  posted_at: string | null;
}

interface CallRow {
  id: number;
  sent: number;
  sent_at: string;
  multiplicity: number;
  outcome: CallOutcome;
  outcome_at: string | null;
  outcome_by: string | null;
  reason: string;
  note: string | null;
  why: string | null;
}

type ReplayRow = Omit<ReplayAsked, 'at'> & { at: string };

const openStates: ReadonlySet<PostingState> = new Set(['held', 'sending', 'in-doubt', 'refused']);

/** Postings with their calls, in the order in which Smaregi recorded them. */
export function listPostings(database: Database, filter: PostingFilter, limit: number): ListedPosting[] {
  const { where, parameters } = conditionsOf(filter);
  const rows = database
    .prepare(
      `SELECT movement.id, source, key, movement.destination, store_id, product_code, kind, quantity, occurred_at,
         movement.recorded_at, state, need, posted_at
       FROM movement JOIN posting ON movement_id = movement.id
       WHERE ${where} ORDER BY posting.recorded_at, movement.id LIMIT ?`,
    )
    .all(...parameters, limit) as Row[];
  const calls = database.prepare(
    `SELECT call.id, sent, sent_at, multiplicity, outcome, outcome_at, outcome_by, reason, note, why
     FROM call_movement JOIN call ON call.id = call_movement.call_id LEFT JOIN doubt ON doubt.call_id = call.id
     WHERE movement_id = ? ORDER BY sent_at, call.id`,
  );
  const replays = database.prepare('SELECT at, who, reason FROM replay WHERE movement_id = ? ORDER BY id');
  return rows.map((row) => toListed(row, calls.all(row.id) as CallRow[], replays.all(row.id) as ReplayRow[]));
}

function conditionsOf(filter: PostingFilter): { where: string; parameters: unknown[] } {
  const conditions: [string, unknown][] = [];
  const add = (sql: string, value: unknown) => {
    if (value !== undefined) conditions.push([sql, value]);
  };
  const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
  add('movement.id IN (SELECT value FROM json_each(?))', filter.ids && JSON.stringify(filter.ids));
  add('state IN (SELECT value FROM json_each(?))', filter.states && JSON.stringify(filter.states));
  // What the index posting_open covers, in its words: SQLite then reads a few open postings instead of all of them.
  if (filter.states?.every((state) => openStates.has(state))) {
    conditions.push([isOpen, undefined]);
  }
  add('store_id = ?', filter.storeId);
  add('product_code = ?', filter.productCode);
  if (filter.productCode !== undefined) conditions.push([inAnyPart, undefined]);
  add('movement.recorded_at >= ?', iso(filter.since));
  add('movement.recorded_at < ?', iso(filter.until));
  if (filter.transactionId !== undefined) {
    // A key is the id of a change of stock, or begins with that of a transaction and a slash; '0' comes after a slash.
    conditions.push(['key >= ?', filter.transactionId], ['key < ?', `${filter.transactionId}0`]);
    conditions.push([`substr(key, length(?) + 1, 1) IN ('', '/')`, filter.transactionId]);
  }
  return {
    where: conditions.map(([sql]) => sql).join(' AND ') || '1',
    parameters: conditions.map(([, value]) => value).filter((value) => value !== undefined),
  };
}

function toListed(row: Row, calls: CallRow[], replays: ReplayRow[]): ListedPosting {
  return {
    id: row.id,
    source: row.source,
    key: row.key,
    destination: row.destination,
    storeId: row.store_id,
    productCode: row.product_code,
    kind: row.kind,
    quantity: row.quantity,
    occurredAt: fromIso(row.occurred_at),
    recordedAt: fromIso(row.recorded_at),
    state: row.state,
    need: row.need,
    postedAt: row.posted_at === null ? null : fromIso(row.posted_at),
    replays: replays.map(({ at, ...rest }) => ({ at: fromIso(at), ...rest })),
    calls: calls.map((call) => ({
      id: call.id,
      sentAt: fromIso(call.sent_at),
      sent: call.sent === 1,
      multiplicity: call.multiplicity,
      outcome: call.outcome,
      outcomeAt: call.outcome_at === null ? null : fromIso(call.outcome_at),
      by: call.outcome_by,
      reason: call.reason,
      note: call.note ?? call.why,
    })),
  };
}
