import type { CallRecords } from '../ledger/call-records.ts';
import type { PostingRecords, ToldMovement } from '../ledger/posting-records.ts';
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

/** What the ledger is told of a call: that it is about to leave, what came of it, or that it did not leave after all. */
export type Entry =
  | { kind: 'planned'; plan: CallPlan }
  | { kind: 'ended'; plan: CallPlan; call: RecordedCall; outcome: Outcome; receipt: string | undefined }
  | { kind: 'kept-back'; plan: CallPlan; call: RecordedCall };

/** Tells the ledger what becomes of calls, of many at once. The caller holds the transaction. */
export class CallBook {
  readonly #options: CallBookOptions;

  constructor(options: CallBookOptions) {
    this.#options = options;
  }

  /**
   * Enters all. Returns, for each, the call to send, if it is one that was planned and is still needed: the command
   * line and new files change that.
   */
  enter(entries: readonly Entry[]): (RecordedCall | undefined)[] {
    const { calls, clock } = this.#options;
    const accepted: RecordedCall[] = [];
    const plans: CallPlan[] = [];
    for (const entry of entries) {
      if (entry.kind === 'planned') plans.push(entry.plan);
      else if (entry.kind === 'kept-back') this.#keepBack(entry.call);
      else if (entry.outcome.kind === 'accepted' && entry.receipt === undefined) accepted.push(entry.call);
      else this.#end(entry);
    }
    if (accepted.length > 0) calls.accept(accepted, clock.now());
    const recorded = this.#record(plans);
    return entries.map(({ kind, plan }) => (kind === 'planned' ? recorded.get(plan) : undefined));
  }

  #record(plans: readonly CallPlan[]): Map<CallPlan, RecordedCall> {
    const { calls: records, clock, recipient, beforeRecording } = this.#options;
    const recorded = new Map<CallPlan, RecordedCall>();
    if (plans.length === 0) return recorded;
    beforeRecording?.();
    const at = clock.now();
    const { destination } = recipient;
    const calls = this.#claimed(plans).map((plan) => ({ plan, told: toldBy(plan, at) }));
    for (const { plan, told } of calls.filter(({ plan }) => plan.quantity === 0)) {
      const call = { destination, movements: told, quantity: plan.quantity, reason: 'netted' };
      records.addSilent(call, at, 'flagship', 'cancels out; nothing to send');
    }
    const toSend = calls.filter(({ plan }) => plan.quantity !== 0);
    const ids = records.openClaimed(
      toSend.map(({ plan, told }) => {
        const reason = recipient.reasonOf(plan);
        return { destination, movements: told, quantity: plan.quantity, reason };
      }),
      at,
    );
    for (const [index, { plan, told }] of toSend.entries()) {
      const id = ids[index] ?? 0;
      const note = recipient.refusalOf(plan);
      if (note !== undefined) records.close(id, { outcome: 'refused', at, by: 'flagship', note }, told);
      else recorded.set(plan, { id, told });
    }
    return recorded;
  }

  /** Those of the plans that are still needed as they are; their postings are taken. */
  #claimed(plans: readonly CallPlan[]): readonly CallPlan[] {
    const { postings } = this.#options;
    if (postings.claim(plans.flatMap(({ movements }) => movements))) return plans;
    return plans.filter(({ movements }) => postings.claim(movements));
  }

  #end({ plan, call: { id, told }, outcome, receipt }: Extract<Entry, { kind: 'ended' }>): void {
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

  /** Its turn comes again at once. */
  #keepBack({ id, told }: RecordedCall): void {
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

/** What a call of this plan tells that leaves then. */
function toldBy({ movements }: CallPlan, sentAt: number): (ToldMovement & { multiplicity: 1 | -1 })[] {
  return movements.map(({ movementId, need, quantity, recordedAt }) => ({
    id: movementId,
    multiplicity: need > 0 ? 1 : -1,
    quantity,
    recordedAt,
    sentAt,
  }));
}
