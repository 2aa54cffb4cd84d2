import type { Database } from '../platform/database.ts';
import { messageOf } from '../platform/problem.ts';
import type { PostingRecords } from './posting-records.ts';
import { postingOf } from './posting-state.ts';

/** Something in the ledger that is not as it must be. */
export interface Difference {
  /** `file`: SQLite's own check; the others name what was recomputed. */
  kind: 'file' | 'posting' | 'line' | 'link' | 'call' | 'archive';
  /** One line that names the rows. */
  what: string;
}

export interface Verified {
  postings: number;
  calls: number;
  lines: number;
}

/** Everything that a row may name, and where that must be. */
const links = [
  ['call_movement', 'movement_id', 'movement'],
  ['call_movement', 'call_id', 'call'],
  ['posting', 'movement_id', 'movement'],
  ['doubt', 'call_id', 'call'],
  ['receipt', 'call_id', 'call'],
  ['replay', 'movement_id', 'movement'],
  ['reset', 'snapshot_id', 'snapshot'],
  ['reset_window', 'snapshot_id', 'snapshot'],
  ['snapshot_row', 'snapshot_id', 'snapshot'],
] as const;

/**
 * Works out anew everything that the ledger derives and compares it with what is kept, telling `report` each
 * difference. Reads only, row by row, in one read transaction: the service goes on meanwhile, and its write-ahead
 * log grows for as long as this takes.
 */
export function verifyLedger(
  database: Database,
  postings: PostingRecords,
  report: (difference: Difference) => void,
): Verified {
  const verified: Verified = { postings: 0, calls: 0, lines: 0 };
  database.transaction(() => {
    try {
      checkFile(database, report);
      checkLinks(database, report);
      verified.postings = checkPostings(database, postings, report);
      verified.calls = checkCalls(database, report);
      verified.lines = checkLines(database, report);
    } catch (error) {
      report({ kind: 'file', what: `cannot be read on: ${messageOf(error)}` });
    }
  })();
  return verified;
}

type Report = (difference: Difference) => void;

function checkFile(database: Database, report: Report): void {
  const found = database.prepare('PRAGMA integrity_check').pluck().all() as string[];
  for (const what of found) if (what !== 'ok') report({ kind: 'file', what });
}

function checkLinks(database: Database, report: Report): void {
  for (const [table, column, parent] of links) {
    const lost = database
      .prepare(
        `SELECT ${column} FROM ${table} WHERE NOT EXISTS (SELECT 1 FROM ${parent} WHERE id = ${table}.${column})`,
      )
      .pluck();
    for (const id of lost.iterate()) {
      report({ kind: 'link', what: `${table} names ${parent} ${id}, which is not there` });
    }
  }
}

interface KeptPosting {
  id: number;
  destination: string;
  recorded_at: string;
  posting_destination: string | null;
  posting_recorded_at: string;
  state: string | null;
  need: number | null;
}

function checkPostings(database: Database, postings: PostingRecords, report: Report): number {
  const kept = database.prepare(
    `SELECT movement.id, movement.destination, movement.recorded_at, posting.destination AS posting_destination,
       posting.recorded_at AS posting_recorded_at, state, need
     FROM movement LEFT JOIN posting ON movement_id = movement.id
     WHERE kind <> 'echo' OR movement_id IS NOT NULL ORDER BY movement.id`,
  );
  let count = 0;
  for (const row of kept.iterate() as Iterable<KeptPosting>) {
    count += 1;
    if (row.state === null) {
      report({ kind: 'posting', what: `movement ${row.id} has no posting` });
      continue;
    }
    const { state, need = null } = postingOf(postings.factsOf(row.id).facts);
    if (state !== row.state || need !== row.need) {
      const facts = `${state} with need ${need ?? 'unknown'}`;
      const is = `${row.state} with need ${row.need ?? 'unknown'}`;
      report({ kind: 'posting', what: `posting ${row.id} is ${is}; its facts say ${facts}` });
    }
    if (row.destination !== row.posting_destination || row.recorded_at !== row.posting_recorded_at) {
      report({
        kind: 'posting',
        what: `posting ${row.id} has another destination or time than its movement`,
      });
    }
  }
  return count;
}

function checkCalls(database: Database, report: Report): number {
  const sums = database.prepare(
    `SELECT call.id, sent, call.quantity, count(movement.id) AS movements,
       total(movement.quantity * multiplicity) AS total
     FROM call LEFT JOIN call_movement ON call_id = call.id LEFT JOIN movement ON movement.id = movement_id
     GROUP BY call.id`,
  );
  let count = 0;
  for (const row of sums.iterate() as Iterable<Record<string, number>>) {
    count += 1;
    const { id, sent, quantity, movements, total } = row;
    if (movements === 0) {
      report({ kind: 'call', what: `call ${id} tells of no movement` });
    } else if (sent === 1 && quantity !== total) {
      report({ kind: 'call', what: `call ${id} told ${quantity}; its movements add up to ${total}` });
    }
  }
  return count;
}

interface KeptLine {
  source: string;
  transaction_id: string;
  line_id: string;
  effect: number;
  movements: number;
  found: number;
  total: number;
}

/** Each line against its movements; what is missing in all must be what was archived. */
function checkLines(database: Database, report: Report): number {
  const sums = database.prepare(
    `SELECT line.source, transaction_id, line_id, effect, line.movements, count(movement.id) AS found,
       total(movement.quantity) AS total
     FROM transaction_line AS line LEFT JOIN movement ON movement.source = line.source
       AND movement.key >= transaction_id || '/' || line_id || '/0'
       AND movement.key < transaction_id || '/' || line_id || '/:'
       AND substr(movement.key, length(transaction_id || line_id) + 3) NOT GLOB '*[^0-9]*'
     GROUP BY line.source, transaction_id, line_id`,
  );
  let count = 0;
  const missing = { movements: 0, quantity: 0 };
  for (const line of sums.iterate() as Iterable<KeptLine>) {
    count += 1;
    missing.movements += Math.max(0, line.movements - line.found);
    if (line.found < line.movements) missing.quantity += line.effect - line.total;
    if (line.found > line.movements || (line.found === line.movements && line.total !== line.effect)) {
      const name = `${line.source} ${line.transaction_id}/${line.line_id}`;
      const counted = `effect ${line.effect} in ${line.movements} movements`;
      report({
        kind: 'line',
        what: `line ${name} has ${counted}; found are ${line.total} in ${line.found}`,
      });
    }
  }
  const archived = database
    .prepare('SELECT total(line_movements) AS movements, total(quantity) AS quantity FROM archive_part')
    .get() as typeof missing;
  if (missing.movements !== archived.movements || missing.quantity !== archived.quantity) {
    const absent = `${missing.movements} movements (sum ${missing.quantity}) of transaction lines are not here`;
    const moved = `${archived.movements} (sum ${archived.quantity}) were archived`;
    report({ kind: 'archive', what: `${absent}; ${moved}` });
  }
  return count;
}
