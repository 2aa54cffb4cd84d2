import type { RowQuestions } from '../ledger/row-questions.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { ResetRowSource } from './reset-row-lookup.ts';

/** Between two looks: a Reset CSV of millions of rows takes seconds, and sales come one by one. */
const restMs = 5_000;
/** A Reset CSV that could not be read is left alone this long, so that the others are not kept waiting. */
const unreadableMs = 60_000;

export interface RowAnswersOptions {
  questions: RowQuestions;
  snapshots: SnapshotRecords;
  rows: ResetRowSource;
  clock: Clock;
}

/** Looks up the rows that held postings wait for, of one snapshot at a time. */
export class RowAnswers {
  readonly #options: RowAnswersOptions;
  readonly #unreadable = new Map<number, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RowAnswersOptions) {
    this.#options = options;
  }

  /** When there may be something to do again, epoch milliseconds. */
  get restsUntil(): number {
    return this.#lookedAt + restMs;
  }

  /**
   * Returns whether postings were waiting, and wait no more.
   *
   * @throws Problem `reset-file-missing`, `reset-file-unreadable`; the signal's reason when it is aborted
   */
  async find(signal: AbortSignal): Promise<boolean> {
    const { questions, snapshots, rows, clock } = this.#options;
    const now = clock.now();
    if (now < this.restsUntil) return false;
    for (const [id, until] of this.#unreadable) if (until <= now) this.#unreadable.delete(id);
    const question = questions.ofHeld(this.#unreadable);
    const snapshot = question && snapshots.get(question.snapshotId);
    if (!snapshot) return false;
    try {
      questions.answer(snapshot.id, await rows.lookUp(snapshot, question.rows, signal));
      return true;
    } catch (error) {
      this.#unreadable.set(snapshot.id, now + unreadableMs);
      throw error;
    } finally {
      this.#lookedAt = clock.now();
    }
  }
}
