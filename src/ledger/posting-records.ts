import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';
import { inAnyPart } from './movement-index.ts';
import type { CallOutcome, Destination } from './need.ts';
import { type DerivedFrom, PostingFactsReader } from './posting-facts.ts';
import { isDue } from './posting-indexes.ts';
import { type Opened, PostingOpening } from './posting-opening.ts';
import { loneFacts, type Posting, type PostingState, postingOf } from './posting-state.ts';
import { ResetFacts, somethingMatters } from './reset-facts.ts';

/** What the sender must know of a movement whose turn it is. */
export interface DuePosting {
  movementId: number;
  source: string;
  key: string;
  storeId: string;
  productCode: string;
  kind: string;
  quantity: number;
  /** Epoch milliseconds. */
  recordedAt: number;
  need: number;
  /** Calls in a row, up to now, that were not applied. */
  failures: number;
}

/** A movement that a call told, as far as its ending needs to know. Moments in epoch milliseconds. */
export interface ToldMovement {
  id: number;
  multiplicity: number;
  quantity: number;
  recordedAt: number;
  /** When the call left. */
  sentAt: number;
}

interface DueRow {
  movement_id: number;
  source: string;
  key: string;
  store_id: string;
  product_code: string;
  kind: string;
  quantity: number;
  recorded_at: string;
  need: number;
  failures: number;
}

const dueColumns = `movement_id, source, key, store_id, product_code, kind, quantity, posting.recorded_at, need,
  iif(state = 'waiting', (SELECT count(*) FROM call_movement JOIN call ON call.id = call_id
   WHERE call_movement.movement_id = posting.movement_id AND outcome = 'not-applied'), 0) AS failures`;

const update = `UPDATE posting SET state = :state, need = :need, due_at = :dueAt, urgency = :urgency,
  posted_at = :postedAt`;

/**
 * The derived side of the ledger: each movement's need and state, kept by whoever adds a fact, in the same
 * transaction, through {@link open} and {@link derive}. Nothing here is a fact; all of it can be made anew.
 */
export class PostingRecords {
  readonly #database: Database;
  readonly #rule: typeof postingOf;
  readonly #opening: PostingOpening;
  readonly #update;
  readonly #facts: PostingFactsReader;
  readonly #need;
  readonly #updateLone;
  readonly #claim;
  readonly #due;
  readonly #dueOfRow;
  readonly #more;

  constructor(database: Database, rule: typeof postingOf = postingOf) {
    this.#database = database;
    this.#rule = rule;
    this.#update = database.prepare(`${update} WHERE movement_id = :id`);
    const resets = new ResetFacts(database);
    this.#facts = new PostingFactsReader(database, resets);
    this.#opening = new PostingOpening(database, { rule, resets, derive: (id) => this.derive(id) });
    this.#updateLone = database.prepare(
      `${update} FROM json_each(:ids) WHERE movement_id = value
         AND (SELECT count(*) FROM call_movement WHERE call_movement.movement_id = posting.movement_id) = 1
         AND NOT (${somethingMatters('posting.recorded_at', ':sentAt')})`,
    );
    this.#claim = database.prepare(
      `UPDATE posting SET state = 'sending', need = NULL, due_at = NULL FROM json_each(:ids)
       WHERE movement_id = value AND need = :need AND state <> 'held'`,
    );
    this.#due = database.prepare(
      `SELECT ${dueColumns} FROM posting JOIN movement ON movement.id = movement_id
       WHERE posting.destination = ? AND ${isDue} AND (due_at IS NULL OR due_at <= ?)
       ORDER BY urgency, posting.recorded_at, movement_id LIMIT ?`,
    );
    this.#dueOfRow = database.prepare(
      `SELECT ${dueColumns} FROM movement CROSS JOIN posting ON movement_id = movement.id
       WHERE ${inAnyPart} AND store_id = ? AND product_code = ? AND kind = ? AND posting.destination = ?
         AND ${isDue} AND (due_at IS NULL OR due_at <= ?)
       ORDER BY movement.recorded_at, movement_id LIMIT ?`,
    );
    this.#more = database.prepare(
      `SELECT 1 FROM posting WHERE destination = ? AND ${isDue} LIMIT 1 OFFSET ?`,
    );
    this.#need = database.prepare('SELECT need FROM posting WHERE movement_id = ?').pluck();
  }

  /** Makes the posting of a movement that was just added; within {@link together}, at its end at the latest. */
  open(movement: Opened): void {
    this.#opening.open(movement);
  }

  /** Runs `work`, within the caller's transaction, and makes the postings of all movements that it adds together. */
  together(work: () => void): void {
    this.#opening.together(work);
  }

  /**
   * Works out need and state of a movement anew, after a fact about it was added. `dueAt`: when a posting that waits
   * may be tried again.
   */
  derive(movementId: number, dueAt?: number): PostingState {
    this.#opening.flush();
    return this.#save(movementId, this.#facts.of(movementId), dueAt);
  }

  #save(
    movementId: number,
    { facts, quantity, postedAt }: DerivedFrom,
    dueAt: number | undefined,
  ): PostingState {
    const { state, need } = this.#rule(facts);
    this.#update.run({ ...rowOf({ state, need }, quantity, { postedAt, dueAt }), id: movementId });
    return state;
  }

  /**
   * As {@link derive}, for movements whose calls just ended, all with the same outcome; each call is likely to be its
   * movement's only one. Moments in epoch milliseconds.
   */
  deriveAfter(
    told: readonly ToldMovement[],
    { outcome, at, retryAt }: { outcome: CallOutcome; at: number; retryAt?: number | undefined },
  ): void {
    const endings = told.map((movement) => {
      const { multiplicity, sentAt, recordedAt, quantity } = movement;
      const call = { multiplicity, sentAt, outcome, doubt: false };
      const posting = this.#rule({ ...loneFacts(recordedAt), calls: [call] });
      return { movement, posting, urgency: urgencyOf(quantity, posting.need) };
    });
    const alike = Map.groupBy(
      endings,
      ({ posting, urgency }) => `${posting.state} ${posting.need} ${urgency}`,
    );
    for (const [first, ...rest] of alike.values()) {
      if (first === undefined) continue;
      const movements = [first, ...rest].map(({ movement }) => movement);
      const row = rowOf(first.posting, first.movement.quantity, { postedAt: toIso(at), dueAt: retryAt });
      const { changes } = this.#updateLone.run({
        ...row,
        ids: JSON.stringify(movements.map(({ id }) => id)),
        sentAt: toIso(Math.min(...movements.map(({ sentAt }) => sentAt))),
      });
      if (changes < movements.length) for (const { id } of movements) this.derive(id, retryAt);
    }
  }

  /** The facts that a movement's state follows from. */
  factsOf(movementId: number): DerivedFrom {
    return this.#facts.of(movementId);
  }

  /** What is to be sent now: reductions before increases, then the oldest. */
  due(destination: string, now: number, limit: number): DuePosting[] {
    const rows = this.#due.all(destination, toIso(now), limit) as DueRow[];
    return rows.map(toDue);
  }

  /** What else is to be sent there now for the row and kind of a posting, itself included. */
  dueOfRow(destination: string, posting: DuePosting, now: number, limit: number): DuePosting[] {
    const { storeId, productCode, kind } = posting;
    const rows = this.#dueOfRow.all(storeId, productCode, kind, destination, toIso(now), limit) as DueRow[];
    return rows.map(toDue);
  }

  /**
   * The movements of a transaction line whose needs add up to nothing, so that none has to be told: none when one
   * of them is unknown or held.
   */
  cancellingOut(line: { source: string; keyPrefix: string }): { id: number; need: number }[] {
    this.#opening.flush();
    const rows = this.#database
      .prepare(
        `SELECT movement_id AS id, store_id, product_code, quantity, need, state
         FROM movement JOIN posting ON movement_id = movement.id
         WHERE source = ? AND key > ? AND key < ?`,
      )
      .all(line.source, line.keyPrefix, `${line.keyPrefix}~`) as {
      id: number;
      store_id: string;
      product_code: string;
      quantity: number;
      need: number | null;
      state: PostingState;
    }[];
    const open = rows.filter((row) => row.need !== 0);
    const oneRow = new Set(open.map((row) => `${row.store_id} ${row.product_code}`)).size === 1;
    const known = open.every((row) => row.need !== null && row.state !== 'held');
    const sum = open.reduce((total, row) => total + row.quantity * (row.need ?? 0), 0);
    return oneRow && known && sum === 0 ? open.map(({ id, need }) => ({ id, need: need ?? 0 })) : [];
  }

  /** Where a movement came from, and who is told of it. */
  originOf(movementId: number): { source: string; key: string; destination: Destination } {
    return this.#database
      .prepare('SELECT source, key, destination FROM movement WHERE id = ?')
      .get(movementId) as { source: string; key: string; destination: Destination };
  }

  /**
   * Takes postings that were chosen before for calls that are recorded next: their need is unknown until these end.
   * Returns whether all are still to be sent as they were; none is taken otherwise.
   */
  claim(postings: readonly DuePosting[]): boolean {
    this.#opening.flush();
    let claimed = 0;
    for (const [need, alike] of Map.groupBy(postings, (posting) => posting.need)) {
      const ids = JSON.stringify(alike.map(({ movementId }) => movementId));
      claimed += this.#claim.run({ ids, need }).changes;
    }
    if (claimed === postings.length) return true;
    for (const { movementId } of postings) {
      if (this.needOf(movementId) === undefined) this.derive(movementId);
    }
    return false;
  }

  /** What is still to be told of a movement; undefined while nobody can say. */
  needOf(movementId: number): number | undefined {
    this.#opening.flush();
    return (this.#need.get(movementId) as number | null | undefined) ?? undefined;
  }

  /** Whether more than `count` are to be sent. */
  moreDueThan(destination: string, count: number): boolean {
    return this.#more.get(destination, count) !== undefined;
  }

  /** When the next posting that waits may be tried again. */
  nextDueAt(destination: string): number | undefined {
    const at = this.#database
      .prepare(`SELECT min(due_at) FROM posting WHERE destination = ? AND ${isDue} AND state = 'waiting'`)
      .pluck()
      .get(destination) as string | null;
    return at === null ? undefined : fromIso(at);
  }
}

/** What is kept of a posting. */
function rowOf(
  { state, need }: Posting,
  quantity: number,
  { postedAt, dueAt }: { postedAt: string | null; dueAt: number | undefined },
) {
  return {
    state,
    need: need ?? null,
    dueAt: state === 'waiting' && dueAt !== undefined ? toIso(dueAt) : null,
    urgency: urgencyOf(quantity, need),
    postedAt: state === 'posted' ? postedAt : null,
  };
}

/** Reductions first: what is sold must not be sold again. */
function urgencyOf(quantity: number, need: number | undefined): 0 | 1 {
  return quantity * (need ?? 1) < 0 ? 0 : 1;
}

function toDue(row: DueRow): DuePosting {
  return {
    movementId: row.movement_id,
    source: row.source,
    key: row.key,
    storeId: row.store_id,
    productCode: row.product_code,
    kind: row.kind,
    quantity: row.quantity,
    recordedAt: fromIso(row.recorded_at),
    need: row.need,
    failures: row.failures,
  };
}
