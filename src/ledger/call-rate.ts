import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import type { Destination } from './need.ts';

/** The calls that left within one minute. `at`: its beginning, epoch milliseconds. */
export interface Minute {
  at: number;
  accepted: number;
  refused: number;
}

const minuteMs = 60_000;
/** A call answered later than this is counted as it stood then. */
const stillOpenMs = 2 * minuteMs;

/**
 * How many calls leave for a destination per minute. Calls are numbered in the order in which they leave: each look
 * reads those since the last one and those that may have got an outcome, never the whole table.
 */
export class CallRate {
  readonly #minutes: number;
  readonly #since;
  readonly #at;
  readonly #counted = new Map<number, Minute>();
  /** Every call up to this one is counted for good. */
  #countedId: number | undefined;

  constructor(database: Database, destination: Destination, minutes: number) {
    this.#minutes = minutes;
    this.#since = database.prepare(
      `SELECT substr(sent_at, 1, 16) || ':00.000Z' AS minute, count(*) FILTER (WHERE outcome = 'accepted') AS accepted,
         count(*) FILTER (WHERE outcome = 'refused') AS refused, max(id) AS last
       FROM call WHERE id > ? AND destination = '${destination}' AND sent = 1 GROUP BY minute ORDER BY minute`,
    );
    this.#at = database.prepare('SELECT id, sent_at FROM call WHERE id >= ? ORDER BY id LIMIT 1');
  }

  /** The last minutes up to and with the one of `now`, oldest first, those without a call too. */
  look(now: number): Minute[] {
    const thisMinute = Math.floor(now / minuteMs) * minuteMs;
    const first = thisMinute - (this.#minutes - 1) * minuteMs;
    this.#countedId ??= this.#lastBefore(first);
    const found = this.#read(now - stillOpenMs);
    for (const at of this.#counted.keys()) if (at < first) this.#counted.delete(at);
    return Array.from({ length: this.#minutes }, (_, index) => {
      const at = first + index * minuteMs;
      const [counted, open] = [this.#counted.get(at), found.get(at)];
      return {
        at,
        accepted: (counted?.accepted ?? 0) + (open?.accepted ?? 0),
        refused: (counted?.refused ?? 0) + (open?.refused ?? 0),
      };
    });
  }

  /** Counts for good what left in minutes that ended before `final`; returns the minutes after. */
  #read(final: number): Map<number, Minute> {
    const open = new Map<number, Minute>();
    const rows = this.#since.all(this.#countedId) as {
      minute: string;
      accepted: number;
      refused: number;
      last: number;
    }[];
    for (const { minute, accepted, refused, last } of rows) {
      const at = fromIso(minute);
      if (at + minuteMs > final) {
        open.set(at, { at, accepted, refused });
        continue;
      }
      const before = this.#counted.get(at) ?? { at, accepted: 0, refused: 0 };
      const sum = { at, accepted: before.accepted + accepted, refused: before.refused + refused };
      this.#counted.set(at, sum);
      this.#countedId = Math.max(this.#countedId ?? 0, last);
    }
    return open;
  }

  /** The last call that left before a moment, found by halving, since there is no index over time. */
  #lastBefore(moment: number): number {
    const iso = toIso(moment);
    let [before, after] = [0, 2 ** 52];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      const row = this.#at.get(middle) as { id: number; sent_at: string } | undefined;
      if (row === undefined || row.sent_at >= iso) after = middle;
      else before = row.id;
    }
    return before;
  }
}
