import { randomUUID } from 'node:crypto';
import type { CallRecords } from '../ledger/call-records.ts';
import type { Destination } from '../ledger/need.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { DepartureNotes, Departures } from './departures.ts';

export interface PostingRun {
  /** Calls that were under way when the last run ended, and of which nobody can say what became. */
  doubts: number;
  /** Undefined where nothing can be noted. */
  departures: Departures | undefined;
}

/** Ends what the last run of posting to a destination left open, and begins a run of its own. */
export function beginRun(options: {
  database: Database;
  calls: CallRecords;
  destination: Destination;
  clock: Clock;
  notes?: DepartureNotes;
  onTrouble: (error: unknown) => void;
}): PostingRun {
  const { database, calls, destination, clock, notes, onTrouble } = options;
  const name = randomUUID();
  const begin = database.transaction(() => {
    const last = calls.lastRun(destination);
    const fates = last === undefined ? undefined : notes?.fatesIn(last);
    const doubts = calls.doubtAllUnderWay(destination, clock.now(), fates);
    calls.addRun(destination, name, clock.now());
    return doubts;
  });
  const doubts = begin.immediate();
  try {
    return { doubts, departures: notes?.begin(name) };
  } catch (error) {
    onTrouble(error);
    return { doubts, departures: undefined };
  }
}
