import type { Destination } from '../ledger/need.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import type { CallPlan } from './call-plan.ts';

/** What came of a call; `receipt` is the other side's name for what it recorded, where it gives one. */
export interface Answer {
  outcome: Outcome;
  receipt?: string | undefined;
}

/** Who is told of movements, and how. */
export interface Recipient {
  readonly destination: Destination;
  /** For people, at the start or in the middle of a sentence alike: `the OMS`. */
  readonly name: string;
  /** The code of the complaint that we are not let in. */
  readonly unauthorisedCode: string;
  /** Calls under way at once. */
  readonly concurrency: number;
  /** Above so many due movements, those of one row and kind go out as one call; null: never. */
  readonly coalesceAbove: number | null;
  /** What the call is recorded under. */
  reasonOf(plan: CallPlan): string;
  /** Why this can never be sent, without asking anybody; undefined when it can. */
  refusalOf(plan: CallPlan): string | undefined;
  /** Makes the call, once. Never rejects: whatever happens is an outcome. `onWritten`: it is on its way. */
  tell(plan: CallPlan, onWritten?: () => void): Promise<Answer>;
}
