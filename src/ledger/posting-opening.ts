import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { Destination } from './need.ts';
import { loneFacts, type Posting, type postingOf } from './posting-state.ts';
import type { ResetFacts } from './reset-facts.ts';

/** A movement that was just added. */
export interface Opened {
  id: number;
  destination: Destination;
  /** Epoch milliseconds. */
  recordedAt: number;
}

/** Movements with ids in a row whose postings are all alike, and not there yet. */
interface Pending extends Posting {
  firstId: number;
  lastId: number;
  destination: Destination;
  /** When the first of them was recorded, epoch milliseconds. */
  oldestAt: number;
}

/**
 * Makes the postings of new movements: of a batch all together, since a statement for each, and for each the question
 * whether a reset matters to it, would take as long as recording the movements.
 */
export class PostingOpening {
  readonly #rule: typeof postingOf;
  readonly #resets: ResetFacts;
  readonly #derive: (movementId: number) => void;
  readonly #insert;
  readonly #recorded;
  #isBatch = false;
  #pending: Pending | undefined;

  constructor(
    database: Database,
    parts: { rule: typeof postingOf; resets: ResetFacts; derive: (movementId: number) => void },
  ) {
    this.#rule = parts.rule;
    this.#resets = parts.resets;
    this.#derive = parts.derive;
    // Its urgency as urgencyOf has it.
    this.#insert = database.prepare(
      `INSERT INTO posting (movement_id, destination, state, need, due_at, urgency, recorded_at, posted_at)
       SELECT id, destination, :state, :need, NULL, quantity * coalesce(:need, 1) >= 0, recorded_at, NULL
       FROM movement WHERE id BETWEEN :firstId AND :lastId`,
    );
    this.#recorded = database.prepare(
      'SELECT id, recorded_at AS recordedAt FROM movement WHERE id BETWEEN :firstId AND :lastId',
    );
  }

  /** Makes the posting of a movement; within a batch, at its end at the latest. */
  open({ id, destination, recordedAt }: Opened): void {
    const { state, need } = this.#rule({ ...loneFacts(recordedAt), calls: [] });
    const pending = this.#pending;
    const isLike =
      pending?.lastId === id - 1 &&
      pending.destination === destination &&
      pending.state === state &&
      pending.need === need;
    if (isLike) {
      pending.lastId = id;
      pending.oldestAt = Math.min(pending.oldestAt, recordedAt);
    } else {
      this.flush();
      this.#pending = { state, need, firstId: id, lastId: id, destination, oldestAt: recordedAt };
    }
    if (!this.#isBatch) this.flush();
  }

  /** Runs `work`, within the caller's transaction; the movements that it adds have their postings when it returns. */
  together(work: () => void): void {
    this.#isBatch = true;
    try {
      work();
      this.flush();
    } finally {
      this.#isBatch = false;
      this.#pending = undefined;
    }
  }

  /** Makes the postings that are not there yet: before anybody asks for one. */
  flush(): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = undefined;
    const { firstId, lastId, state, need = null } = pending;
    this.#insert.run({ firstId, lastId, state, need });
    if (pending.destination !== 'hotwax' || this.#resets.nothingMatters(pending.oldestAt, undefined)) return;
    for (const movement of this.#recorded.all({ firstId, lastId }) as { id: number; recordedAt: string }[]) {
      if (!this.#resets.nothingMatters(fromIso(movement.recordedAt), undefined)) this.#derive(movement.id);
    }
  }
}
