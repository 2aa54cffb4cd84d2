import type { Database } from '../platform/database.ts';
import { Problem } from '../platform/problem.ts';
import { toIso } from '../platform/time-zone.ts';
import type { CallRecords } from './call-records.ts';
import type { PostingRecords } from './posting-records.ts';

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
   * Closes the doubts of a posting: the OMS applied it, or did not (it is then sent again). Other movements of the
   * same calls are settled with it.
   *
   * @throws Problem `posting-unknown`, `posting-not-in-doubt`
   */
  settle(movementId: number, applied: boolean, decision: Decision): void {
    this.#inTransaction(() => {
      const doubts = this.#doubtsOf(movementId);
      if (doubts.length === 0) {
        throw new Problem(
          'posting-not-in-doubt',
          `Posting ${movementId} is ${this.#stateOf(movementId)}, not in doubt.`,
          'Nothing to settle. List doubts with "flagship postings --state in-doubt".',
        );
      }
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
   * Records that a refusal needs no posting.
   *
   * @throws Problem `posting-unknown`, `posting-not-refused`
   */
  writeOff(movementId: number, decision: Decision): void {
    this.#inTransaction(() => {
      const state = this.#stateOf(movementId);
      const need = this.#needOf(movementId);
      if (state !== 'refused' || need === null || need === 0) {
        throw new Problem(
          'posting-not-refused',
          `Posting ${movementId} is ${state}; only what is refused can be written off.`,
          'Leave it to the service, or settle it if it is in doubt.',
        );
      }
      this.#silent(movementId, need > 0 ? 1 : -1, 'written off', decision);
    });
  }

  /** Asks for a refused posting to be sent again. */
  replayRefused(movementId: number, decision: Decision): void {
    this.#inTransaction(() => {
      this.#note(movementId, decision);
      this.#postings.derive(movementId);
    });
  }

  /** Settles a doubt as not applied, so that it is sent again. */
  replayDoubt(movementId: number, decision: Decision): void {
    this.#inTransaction(() => {
      this.#note(movementId, decision);
      this.settle(movementId, false, decision);
    });
  }

  /** Records that the OMS lost what it had accepted, so that it is sent again. */
  replayPosted(movementId: number, decision: Decision): void {
    this.#inTransaction(() => {
      this.#note(movementId, decision);
      this.#silent(movementId, -1, 'lost by the OMS', decision);
    });
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
    return this.#database
      .prepare(
        `SELECT call.id FROM call_movement JOIN call ON call.id = call_movement.call_id
           JOIN doubt ON doubt.call_id = call.id
         WHERE movement_id = ? AND outcome = 'unknown' ORDER BY call.id`,
      )
      .pluck()
      .all(movementId) as number[];
  }

  #stateOf(movementId: number): string {
    const state = this.#database
      .prepare('SELECT state FROM posting WHERE movement_id = ?')
      .pluck()
      .get(movementId) as string | undefined;
    if (state !== undefined) return state;
    throw new Problem(
      'posting-unknown',
      `There is no posting ${movementId}.`,
      'List postings with "flagship postings".',
    );
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
