import type { CallRecords, ToldMovement } from '../ledger/call-records.ts';
import type { PostingRecords } from '../ledger/posting-records.ts';
import { backoffMs } from '../platform/backoff.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import type { Clock } from '../platform/clock.ts';
import type { CallPlan } from './call-plan.ts';
import type { Recipient } from './recipient.ts';

/** Before one posting that was not applied is tried again; the pace of the whole is another matter. */
export const retry = { firstMs: 1_000, maxMs: 60_000 };

export interface CallBookOptions {
  postings: PostingRecords;
  calls: CallRecords;
  recipient: Recipient;
  clock: Clock;
  random: () => number;
  /** Called right before calls are recorded, in the same transaction: what must be held back by then is. */
  beforeRecording?: () => void;
}

export interface RecordedCall {
  id: number;
  told: readonly ToldMovement[];
}

/** What the ledger is told of calls: before they leave, and after. The caller holds the transaction. */
export class CallBook {
  readonly #options: CallBookOptions;

  constructor(options: CallBookOptions) {
    this.#options = options;
  }

  /**
   * Records what is planned, if it is still needed: the command line and new files change that. Returns the call to
   * send; undefined when there is none.
   */
  record(plan: CallPlan): RecordedCall | undefined {
    const { postings, calls, recipient, clock, beforeRecording } = this.#options;
    beforeRecording?.();
    if (!postings.claim(plan.movements)) return undefined;
    const movements = plan.movements.map(({ movementId, need, quantity, recordedAt }) => ({
      id: movementId,
      multiplicity: need > 0 ? (1 as const) : (-1 as const),
      quantity,
      recordedAt,
    }));
    const call = { destination: recipient.destination, movements, quantity: plan.quantity };
    const at = clock.now();
    if (plan.quantity === 0) {
      calls.addSilent({ ...call, reason: 'netted' }, at, 'flagship', 'cancels out; nothing to send');
      return undefined;
    }
    const id = calls.openClaimed({ ...call, reason: recipient.reasonOf(plan) }, at);
    const note = recipient.refusalOf(plan);
    if (note === undefined) return { id, told: movements.map((movement) => ({ ...movement, sentAt: at })) };
    calls.close(id, { outcome: 'refused', at, by: 'flagship', note });
    return undefined;
  }

  /** Records what came of a call. */
  close({ id, told }: RecordedCall, plan: CallPlan, outcome: Outcome, receipt: string | undefined): void {
    const { calls, clock, random } = this.#options;
    const at = clock.now();
    if (outcome.kind === 'in-doubt') {
      calls.doubt(id, at, outcome.note);
      return;
    }
    if (outcome.kind === 'accepted') {
      const note = receipt === undefined ? null : `receipt ${receipt}`;
      calls.close(id, { outcome: 'accepted', at, by: 'flagship', note, receipt }, told);
      return;
    }
    if (outcome.kind === 'refused') {
      calls.close(id, { outcome: 'refused', at, by: 'flagship', note: outcome.note }, told);
      return;
    }
    const failures = Math.max(...plan.movements.map((posting) => posting.failures)) + 1;
    const asked = outcome.kind === 'throttled' ? (outcome.retryAfterMs ?? 0) : 0;
    const retryAt = at + Math.max(asked, backoffMs(retry, failures, random));
    calls.close(id, { outcome: 'not-applied', at, by: 'flagship', note: outcome.note, retryAt }, told);
  }

  /** Records that a call did not leave after all; its turn comes again at once. */
  keepBack({ id, told }: RecordedCall): void {
    const { calls, clock } = this.#options;
    const at = clock.now();
    const end = {
      outcome: 'not-applied',
      at,
      by: 'flagship',
      note: 'kept back before it left',
      retryAt: at,
    } as const;
    calls.close(id, end, told);
  }
}
