import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import type { CallOutcome, Destination } from './need.ts';
import type { PostingRecords, ToldMovement } from './posting-records.ts';

/** A call that is about to leave: which movements it tells (+1) or takes back (−1), and their sum. */
export interface NewCall {
  destination: Destination;
  movements: readonly { id: number; multiplicity: 1 | -1 }[];
  /** Signed sum, as the destination is told it. */
  quantity: number;
  /** The variance reason, or why a call without traffic was made. */
  reason: string;
}

/** What came of a call. Moments in epoch milliseconds. */
export interface CallEnd {
  outcome: Exclude<CallOutcome, 'unknown'>;
  at: number;
  /** `flagship`, an operator's name, or how it was read back. */
  by: string;
  note: string | null;
  /** The other side's name for what it recorded. */
  receipt?: string | undefined;
  /** When a posting that was not applied may be tried again. */
  retryAt?: number;
}

/** What is known of a call that was under way when the service ended: nothing, as a rule. Epoch milliseconds. */
export type Fate = 'unknown' | 'not-left' | { acceptedAt: number };

/**
 * The calls: written with outcome `unknown` before the first byte leaves, given their outcome once. The caller holds
 * the transaction; needs and states follow within it.
 */
export class CallRecords {
  readonly #database: Database;
  readonly #postings: PostingRecords;
  readonly #insert;
  readonly #insertMovements;
  readonly #movements;
  readonly #close;
  readonly #receipt;

  constructor(database: Database, postings: PostingRecords) {
    this.#database = database;
    this.#postings = postings;
    this.#insert = database.prepare(
      `INSERT INTO call (destination, quantity, reason, sent, sent_at, outcome, outcome_at, outcome_by, note)
       SELECT value ->> 0, value ->> 1, value ->> 2, :sent, :sentAt, :outcome, :at, :by, :note FROM json_each(:calls)`,
    );
    this.#insertMovements = database.prepare(
      `INSERT INTO call_movement (call_id, movement_id, multiplicity)
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
    );
    this.#movements = database.prepare(
      `SELECT movement_id AS id, multiplicity, movement.quantity, recorded_at AS recordedAt, sent_at AS sentAt
       FROM call_movement JOIN call ON call.id = call_id JOIN movement ON movement.id = movement_id WHERE call_id = ?`,
    );
    this.#receipt = database.prepare('INSERT OR IGNORE INTO receipt (change_id, call_id) VALUES (?, ?)');
    this.#close = database.prepare(
      `UPDATE call SET outcome = :outcome, outcome_at = :at, outcome_by = :by, note = :note FROM json_each(:ids)
       WHERE call.id = value AND outcome = 'unknown'`,
    );
  }

  /** Records a call that leaves after the commit. Returns its id. */
  open(call: NewCall, at: number): number {
    const [id = 0] = this.openClaimed([call], at);
    for (const movement of call.movements) this.#postings.derive(movement.id);
    return id;
  }

  /** The same for calls whose postings are claimed already. Returns their ids, in the same order. */
  openClaimed(calls: readonly NewCall[], at: number): number[] {
    return this.#add(calls, at, { sent: 1, outcome: 'unknown', at: null, by: null, note: null });
  }

  /** Records a call that is accepted without traffic: netted, written off, or undone on purpose. Returns its id. */
  addSilent(call: NewCall, at: number, by: string, note: string | null): number {
    const [id = 0] = this.#add([call], at, { sent: 0, outcome: 'accepted', at: toIso(at), by, note });
    for (const movement of call.movements) this.#postings.derive(movement.id);
    return id;
  }

  /**
   * Gives an unknown call its outcome. Returns false when it had one already, which then stands. Who made the call
   * knows what it `told`; it is looked up otherwise.
   */
  close(callId: number, end: CallEnd, told?: readonly ToldMovement[]): boolean {
    if (this.#end([callId], end) === 0) return false;
    if (end.receipt !== undefined) this.#receipt.run(end.receipt, callId);
    const movements = told ?? this.#toldBy(callId);
    this.#postings.deriveAfter(movements, end);
    if (end.outcome !== 'accepted') for (const { id } of movements) this.netLineOf(id, end.at);
    return true;
  }

  /** Records that calls were accepted, together. */
  accept(calls: readonly { id: number; told: readonly ToldMovement[] }[], at: number): void {
    const end: CallEnd = { outcome: 'accepted', at, by: 'flagship', note: null };
    const told = calls.flatMap((call) => call.told);
    const ended = this.#end(
      calls.map(({ id }) => id),
      end,
    );
    if (ended === calls.length) this.#postings.deriveAfter(told, end);
    else for (const { id } of told) this.#postings.derive(id);
  }

  /**
   * When what is needed of a transaction line adds up to nothing (a sale cancelled before it was told), records that
   * as told, without traffic. The line is that of the given movement.
   */
  netLineOf(movementId: number, at: number): void {
    const { source, key, destination } = this.#postings.originOf(movementId);
    const keyPrefix = key.slice(0, key.lastIndexOf('/') + 1);
    if (keyPrefix === '') return;
    const open = this.#postings.cancellingOut({ source, keyPrefix });
    if (open.length < 2) return;
    const movements = open.map(({ id, need }) => ({
      id,
      multiplicity: need > 0 ? (1 as const) : (-1 as const),
    }));
    const call: NewCall = { destination, movements, quantity: 0, reason: 'netted' };
    this.addSilent(call, at, 'flagship', 'cancels out; nothing to send');
  }

  /** Notes that nobody can say what came of a call. */
  doubt(callId: number, at: number, why: string): void {
    this.#database
      .prepare(
        `INSERT OR IGNORE INTO doubt (call_id, at, why) SELECT id, ?, ? FROM call WHERE id = ? AND outcome = 'unknown'`,
      )
      .run(toIso(at), why, callId);
    for (const { id } of this.#toldBy(callId)) this.#postings.derive(id);
  }

  /**
   * Ends every call to a destination that was under way when the service ended by what is known of it, and puts it in
   * doubt where that is nothing. Returns how many are in doubt.
   */
  doubtAllUnderWay(
    destination: Destination,
    at: number,
    fateOf: (callId: number) => Fate = () => 'unknown',
  ): number {
    const ids = this.#database
      .prepare(
        `SELECT id FROM call WHERE outcome = 'unknown' AND destination = ?
           AND NOT EXISTS (SELECT 1 FROM doubt WHERE call_id = call.id)`,
      )
      .pluck()
      .all(destination) as number[];
    const inDoubt = ids.filter((id) => !this.#endAs(fateOf(id), id, at));
    for (const id of inDoubt) this.doubt(id, at, 'the service ended before the answer came');
    return inDoubt.length;
  }

  /** Returns whether the fate of a call is known; it is ended then. */
  #endAs(fate: Fate, callId: number, at: number): boolean {
    if (fate === 'unknown') return false;
    if (fate === 'not-left') {
      const note = 'the service ended before it left';
      return this.close(callId, { outcome: 'not-applied', at, by: 'flagship', note, retryAt: at });
    }
    const note = 'the service ended before the answer was recorded';
    return this.close(callId, { outcome: 'accepted', at: fate.acceptedAt, by: 'flagship', note });
  }

  /** The name of the last run of posting to a destination; undefined: there was none. */
  lastRun(destination: Destination): string | undefined {
    return this.#database
      .prepare('SELECT name FROM posting_run WHERE destination = ? ORDER BY id DESC LIMIT 1')
      .pluck()
      .get(destination) as string | undefined;
  }

  /** Posting to a destination begins anew, under a name that nothing else has. */
  addRun(destination: Destination, name: string, at: number): void {
    this.#database
      .prepare('INSERT INTO posting_run (destination, name, started_at) VALUES (?, ?, ?)')
      .run(destination, name, toIso(at));
  }

  #toldBy(callId: number): ToldMovement[] {
    const rows = this.#movements.all(callId) as (Omit<ToldMovement, 'sentAt' | 'recordedAt'> & {
      sentAt: string;
      recordedAt: string;
    })[];
    return rows.map((row) => ({ ...row, sentAt: fromIso(row.sentAt), recordedAt: fromIso(row.recordedAt) }));
  }

  /** Returns how many had no outcome yet. */
  #end(callIds: readonly number[], { outcome, at, by, note }: CallEnd): number {
    return this.#close.run({ ids: JSON.stringify(callIds), outcome, at: toIso(at), by, note }).changes;
  }

  #add(
    calls: readonly NewCall[],
    at: number,
    end: { sent: 0 | 1; outcome: CallOutcome; at: string | null; by: string | null; note: string | null },
  ): number[] {
    const rows = calls.map(({ destination, quantity, reason }) => [destination, quantity, reason]);
    const { lastInsertRowid } = this.#insert.run({ ...end, sentAt: toIso(at), calls: JSON.stringify(rows) });
    // One statement numbers its rows one after the other.
    const firstId = Number(lastInsertRowid) - calls.length + 1;
    const movements = calls.flatMap((call, index) =>
      call.movements.map(({ id, multiplicity }) => [firstId + index, id, multiplicity]),
    );
    this.#insertMovements.run(JSON.stringify(movements));
    return calls.map((_, index) => firstId + index);
  }
}
