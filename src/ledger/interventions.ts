import type { Database } from '../platform/database.ts';
import { Problem } from '../platform/problem.ts';
import { toIso } from '../platform/time-zone.ts';
import type { CallRecords } from './call-records.ts';
import type { PostingRecords } from './posting-records.ts';
import type { ReplayPlan, ReplayWay } from './replay-plan.ts';

/** Who decides, when and why; kept with every decision. */
export interface Decision {
  at: number;
  who: string;
  reason: string;
}

/**
 * What a person decides about postings, each as a fact: an outcome for a doubt, an acceptance without traffic for a
 * refusal that needs none, a wish to try again. Each runs in one transaction, whether or not the service runs.
 */
export class Interventions {
  readonly #database: Database;
  readonly #postings: PostingRecords;
  readonly #calls: CallRecords;

  constructor(database: Database, postings: PostingRecords, calls: CallRecords) {
    this.#database = database;
    this.#postings = postings;
    this.#calls = calls;
  }

  /**
   * Closes the doubts of postings, all of them or none: the OMS applied them, or did not (they are then sent again).
   * Other movements of the same calls are settled with them.
   *
   * @throws Problem `posting-unknown`, `posting-not-in-doubt`
   */
  settle(movementIds: readonly number[], applied: boolean, decision: Decision): void {
    this.#inTransaction(() => {
      const doubts = new Set(movementIds.flatMap((id) => this.#doubtsOf(id)));
      const end = {
        outcome: applied ? ('accepted' as const) : ('not-applied' as const),
        at: decision.at,
        by: decision.who,
        note: decision.reason,
      };
      for (const callId of doubts) this.#calls.close(callId, end);
    });
  }

  /**
   * Records that refusals need no posting, all of them or none.
   *
   * @throws Problem `posting-unknown`, `posting-not-refused`
   */
  writeOff(movementIds: readonly number[], decision: Decision): void {
    this.#inTransaction(() => {
      for (const id of movementIds) {
        const state = this.#stateOf(id);
        const need = this.#needOf(id);
        if (state !== 'refused' || need === null || need === 0) {
          throw new Problem(
            'posting-not-refused',
            `Posting ${id} is ${state}; only what is refused can be written off.`,
            'Leave it to the service, or settle it if it is in doubt.',
          );
        }
        this.#silent(id, need > 0 ? 1 : -1, 'written off', decision);
      }
    });
  }

  /**
   * Records that the OMS has twice what it had accepted once, so that the opposite is sent. All of them or none.
   *
   * @throws Problem `posting-unknown`, `posting-not-posted`
   */
  takeBack(movementIds: readonly number[], decision: Decision): void {
    this.#inTransaction(() => {
      for (const id of movementIds) {
        const state = this.#stateOf(id);
        if (state !== 'posted') {
          throw new Problem(
            'posting-not-posted',
            `Posting ${id} is ${state}; only what is posted can be there twice.`,
            'Compare again with "flagship reconcile".',
          );
        }
        this.#note(id, decision);
        this.#silent(id, 1, 'twice in the OMS', decision);
      }
    });
  }

  /** Sends again what a plan chose, all of it or nothing. */
  replay({ chosen }: ReplayPlan, decision: Decision): void {
    const ids = (way: ReplayWay) =>
      chosen.filter((item) => item.way === way).map(({ posting }) => posting.id);
    this.#inTransaction(() => {
      for (const { posting } of chosen) this.#note(posting.id, decision);
      for (const id of ids('refused')) this.#postings.derive(id);
      for (const id of ids('posted')) this.#silent(id, -1, 'lost there', decision);
      this.settle(ids('in-doubt'), false, decision);
    });
  }

  /** Which other movements are settled together with these, since one call told them all. */
  settledWith(movementIds: readonly number[]): number[] {
    const calls = [...new Set(movementIds.flatMap((id) => this.#doubtsOf(id)))];
    const all = this.#database
      .prepare(
        'SELECT DISTINCT movement_id FROM call_movement WHERE call_id IN (SELECT value FROM json_each(?))',
      )
      .pluck()
      .all(JSON.stringify(calls)) as number[];
    return all.filter((id) => !movementIds.includes(id));
  }

  #silent(movementId: number, multiplicity: 1 | -1, reason: string, decision: Decision): void {
    const { destination } = this.#postings.originOf(movementId);
    const call = { destination, movements: [{ id: movementId, multiplicity }], quantity: 0, reason };
    this.#calls.addSilent(call, decision.at, decision.who, decision.reason);
  }

  #note(movementId: number, { at, who, reason }: Decision): void {
    this.#database
      .prepare('INSERT INTO replay (movement_id, at, who, reason) VALUES (?, ?, ?, ?)')
      .run(movementId, toIso(at), who, reason);
  }

  #doubtsOf(movementId: number): number[] {
    const doubts = this.#database
      .prepare(
        `SELECT call.id FROM call_movement JOIN call ON call.id = call_movement.call_id
           JOIN doubt ON doubt.call_id = call.id
         WHERE movement_id = ? AND outcome = 'unknown' ORDER BY call.id`,
      )
      .pluck()
      .all(movementId) as number[];
    if (doubts.length > 0) return doubts;
    throw new Problem(
      'posting-not-in-doubt',
      `Posting ${movementId} is ${this.#stateOf(movementId)}, not in doubt.`,
      'Nothing to settle. List doubts with "flagship postings --state in-doubt".',
    );
  }

  #stateOf(movementId: number): string {
    const state = this.#database
      .prepare('SELECT state FROM posting WHERE movement_id = ?')
      .pluck()
      .get(movementId) as string | undefined;
    if (state !== undefined) return state;
    throw unknownPosting(movementId);
  }

  #needOf(movementId: number): number | null {
    return this.#database.prepare('SELECT need FROM posting WHERE movement_id = ?').pluck().get(movementId) as
      | number
      | null;
  }

  /** A nested one becomes part of the outer. */
  #inTransaction(work: () => void): void {
    if (this.#database.inTransaction) work();
    else this.#database.transaction(work).immediate();
  }
}

export function unknownPosting(id: number): Problem {
  return new Problem(
    'posting-unknown',
    `There is no posting ${id}.`,
    'List postings with "flagship postings".',
  );
}
