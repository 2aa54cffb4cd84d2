import type { Database } from '../platform/database.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { CallOutcome, Destination } from './need.ts';
import type { PostingFacts } from './posting-state.ts';
import type { ResetFacts } from './reset-facts.ts';

/** What the state of a posting is derived from, and what is kept beside it. */
export interface DerivedFrom {
  facts: PostingFacts;
  quantity: number;
  /** When the last accepted call was answered. */
  postedAt: string | null;
}

interface MovementRow {
  destination: Destination;
  store_id: string;
  product_code: string;
  recorded_at: string;
  quantity: number;
  replay_at: string | null;
}

interface CallRow {
  sent_at: string;
  multiplicity: number;
  outcome: CallOutcome;
  outcome_at: string | null;
  doubt_at: string | null;
}

/** Reads, of one movement, every fact that its posting follows from. */
export class PostingFactsReader {
  readonly #resets: ResetFacts;
  readonly #movement;
  readonly #calls;

  constructor(database: Database, resets: ResetFacts) {
    this.#resets = resets;
    this.#movement = database.prepare(
      `SELECT destination, store_id, product_code, recorded_at, quantity,
         (SELECT max(at) FROM replay WHERE movement_id = movement.id) AS replay_at
       FROM movement WHERE id = ?`,
    );
    this.#calls = database.prepare(
      `SELECT sent_at, multiplicity, outcome, outcome_at, doubt.at AS doubt_at
       FROM call_movement JOIN call ON call.id = call_movement.call_id LEFT JOIN doubt ON doubt.call_id = call.id
       WHERE movement_id = ? ORDER BY call.sent_at, call.id`,
    );
  }

  of(movementId: number): DerivedFrom {
    const movement = this.#movement.get(movementId) as MovementRow;
    const calls = this.#calls.all(movementId) as CallRow[];
    const row = { storeId: movement.store_id, productCode: movement.product_code };
    const isReset = movement.destination === 'hotwax';
    return {
      quantity: movement.quantity,
      postedAt: calls.findLast((call) => call.outcome === 'accepted')?.outcome_at ?? null,
      facts: {
        recordedAt: fromIso(movement.recorded_at),
        calls: calls.map((call) => ({
          sentAt: fromIso(call.sent_at),
          multiplicity: call.multiplicity,
          outcome: call.outcome,
          doubt: call.doubt_at !== null,
        })),
        resets: isReset ? this.#resets.concerning(row, movement.recorded_at, calls[0]?.sent_at) : [],
        replayAskedAt: movement.replay_at === null ? undefined : fromIso(movement.replay_at),
        inWindow: isReset && this.#resets.inWindow(row),
      },
    };
  }
}
