import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { Destination } from './need.ts';
import { isDue, isOpen } from './posting-indexes.ts';

/** What of a store's movements its destination has not accepted. Moments in epoch milliseconds. */
export interface OpenFigures {
  destination: Destination;
  storeId: string;
  /** Goes out by itself: due, waiting to be tried again, or under way. */
  due: number;
  /** Kept back inside a reset window. */
  held: number;
  inDoubt: number;
  refused: number;
  refusedProducts: number;
  /** When Smaregi recorded the oldest of each of these, and of all. */
  oldest: Partial<Record<'due' | 'held' | 'inDoubt' | 'refused', number>>;
  oldestAt: number;
}

interface Row {
  destination: Destination;
  store_id: string;
  state: 'due' | 'held' | 'sending' | 'in-doubt' | 'refused';
  postings: number;
  products: number;
  oldest: string;
}

/** Rows looked at, of each direction and state: some tens of milliseconds, however large a backlog is. */
export const scannedRows = 50_000;

// Each by its partial index, in that index's words, so that what is posted is never looked at; the oldest first.
const dueSql = `
  SELECT oldest.destination, store_id, 'due' AS state, count(*) AS postings, 0 AS products,
    min(oldest.recorded_at) AS oldest
  FROM (SELECT movement_id, destination, recorded_at FROM posting
        WHERE destination = ? AND ${isDue} AND urgency = ? ORDER BY recorded_at LIMIT ?) AS oldest
    JOIN movement ON movement.id = movement_id
  GROUP BY store_id`;
const openSql = `
  SELECT oldest.destination, store_id, state, count(*) AS postings, count(DISTINCT product_code) AS products,
    min(oldest.recorded_at) AS oldest
  FROM (SELECT movement_id, destination, state, recorded_at FROM posting
        WHERE ${isOpen} AND state = ? ORDER BY recorded_at LIMIT ?) AS oldest
    JOIN movement ON movement.id = movement_id
  GROUP BY oldest.destination, store_id`;

/**
 * For each destination and store with anything open, what it is, among the oldest `scannedRows` of each direction and
 * state: of a larger backlog a store may have more, but nothing older.
 */
export function openFigures(database: Database, limit: number = scannedRows): OpenFigures[] {
  const [due, open] = [database.prepare(dueSql), database.prepare(openSql)];
  const rows = [
    ...['hotwax', 'smaregi'].flatMap((destination) =>
      [0, 1].flatMap((urgency) => due.all(destination, urgency, limit)),
    ),
    ...['held', 'sending', 'in-doubt', 'refused'].flatMap((state) => open.all(state, limit)),
  ] as Row[];
  const found = new Map<string, OpenFigures>();
  for (const row of rows) {
    const key = `${row.destination} ${row.store_id}`;
    const figures = found.get(key) ?? nothingOpen(row.destination, row.store_id);
    found.set(key, figures);
    count(figures, row);
  }
  return [...found.values()];
}

function nothingOpen(destination: Destination, storeId: string): OpenFigures {
  return {
    destination,
    storeId,
    due: 0,
    held: 0,
    inDoubt: 0,
    refused: 0,
    refusedProducts: 0,
    oldest: {},
    oldestAt: Number.POSITIVE_INFINITY,
  };
}

const countedAs = {
  due: 'due',
  sending: 'due',
  held: 'held',
  'in-doubt': 'inDoubt',
  refused: 'refused',
} as const;

function count(figures: OpenFigures, { state, postings, products, oldest }: Row): void {
  const what = countedAs[state];
  const oldestAt = fromIso(oldest);
  figures[what] += postings;
  figures.oldest[what] = Math.min(figures.oldest[what] ?? oldestAt, oldestAt);
  figures.oldestAt = Math.min(figures.oldestAt, oldestAt);
  if (what === 'refused') figures.refusedProducts += products;
}

/** A file brings its movements in no order of time; so many of the last ones surely have the newest among them. */
const newestAmong = 20_000;

/** When Smaregi recorded the newest movement that is known, or undefined when none is. */
export function newestMovementAt(database: Database, destination: Destination): number | undefined {
  const at = database
    .prepare(
      `SELECT max(recorded_at) FROM (
         SELECT recorded_at FROM movement
         WHERE id > (SELECT max(id) FROM movement) - ${newestAmong} AND destination = ?)`,
    )
    .pluck()
    .get(destination) as string | null;
  return at === null ? undefined : fromIso(at);
}

/** How the last call that left for a destination ended. */
export interface LastCall {
  sentAt: number;
  outcome: 'unknown' | 'accepted' | 'refused' | 'not-applied';
  note: string | null;
}

/** Whether a destination answers: what came of the call that left last. */
export function lastCall(database: Database, destination: Destination): LastCall | undefined {
  const row = database
    .prepare(
      `SELECT sent_at, outcome, note FROM call
       WHERE id > (SELECT max(id) FROM call) - ${newestAmong} AND destination = ? AND sent = 1
         AND outcome <> 'unknown'
       ORDER BY id DESC LIMIT 1`,
    )
    .get(destination) as { sent_at: string; outcome: LastCall['outcome']; note: string | null } | undefined;
  return row && { sentAt: fromIso(row.sent_at), outcome: row.outcome, note: row.note };
}
