import type { CallRecords, ToldMovement } from '../ledger/call-records.ts';
import type { DuePosting, PostingRecords } from '../ledger/posting-records.ts';
import { backoffMs } from '../platform/backoff.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop } from '../platform/loop.ts';
import { messageOf } from '../platform/problem.ts';
import { type CallPlan, planOf } from './call-plan.ts';
import { CommitBatch } from './commit-batch.ts';
import { type PaceState, paceAfter, type Signal, signalOf, startPace } from './pace.ts';
import type { Recipient } from './recipient.ts';
import type { SendQueue } from './send-queue.ts';

// What is durable, and what a crash leaves:
//
//   1. the call, outcome unknown       a crash from here on: in doubt at the next start, never sent again by itself
//   2. the request leaves
//   3. the outcome                     a crash before it is written: in doubt, although we knew
//
// Calls are recorded one turn of the event loop before they leave, so that no more than `concurrency` are in doubt.

/** Waiting for their turn in memory: enough to keep the limit busy, and no backlog. */
const window = 64;
/** How often the ledger is asked without being woken: the command line may have replayed something. */
const everyMs = 1_000;
/** Before one posting that was not applied is tried again; the pace of the whole is another matter. */
const retry = { firstMs: 1_000, maxMs: 60_000 };
/** A call that sums up more movements than this would be unreadable for people. */
const maxMovementsPerCall = 500;

export interface PosterOptions {
  database: Database;
  postings: PostingRecords;
  calls: CallRecords;
  recipient: Recipient;
  queue: SendQueue;
  clock: Clock;
  random: () => number;
  log: Logger;
  /** Called right before calls are recorded, in the same transaction: what must be held back by then is. */
  beforeRecording?: () => void;
}

interface RecordedCall {
  id: number;
  told: readonly ToldMovement[];
}

/** Tells a destination what is due: each call recorded before it leaves, each outcome after. */
export class Poster {
  readonly #options: PosterOptions;
  readonly #commits: CommitBatch;
  readonly #loop: Loop;
  /** Movements that are planned or under way, so that they are not chosen twice. */
  readonly #taken = new Set<number>();
  /** Calls that have left and are not answered. */
  #underWay = 0;
  #backlog = { isLarge: false, countedAt: Number.NEGATIVE_INFINITY };
  #pace: PaceState;
  #stopping = false;

  constructor(options: PosterOptions) {
    this.#options = options;
    this.#pace = startPace(options.recipient.concurrency);
    this.#commits = new CommitBatch({
      database: options.database,
      clock: options.clock,
      onTrouble: (trouble) => this.#reportLedger(trouble),
      mayGrow: () => this.#underWay > 0,
    });
    this.#loop = new Loop({
      clock: options.clock,
      everyMs,
      step: async () => this.#fill(),
      onError: (error) => options.log.error({ err: error }, `posting goes on after: ${messageOf(error)}`),
    });
  }

  /** Puts what was under way when the service ended in doubt, and begins. */
  start(): void {
    const { database, calls, recipient, clock, log } = this.#options;
    const { destination } = recipient;
    const doubts = database.transaction(() => calls.doubtAllUnderWay(destination, clock.now())).immediate();
    if (doubts > 0) {
      log.warn(
        { doubts, destination },
        `${doubts} calls were under way when the service ended: in doubt, not sent again`,
      );
    }
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Starts no further call; those under way end by themselves, each with its outcome recorded. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#stopping = true;
    await this.#loop.stop(deadline);
    const givenUp = new Promise<void>((resolve) => {
      if (deadline.aborted) resolve();
      deadline.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#options.queue.drain(), givenUp]);
    this.#commits.close();
  }

  /** Plans calls until enough wait for their turn. Returns when a posting that waits comes due. */
  async #fill(): Promise<number | undefined> {
    const { postings, recipient, queue, clock } = this.#options;
    const { destination } = recipient;
    const now = clock.now();
    if (this.#stopping) return undefined;
    if (now < this.#pace.pausedUntil) return this.#pace.pausedUntil - now;
    queue.resume();
    // Slow again after a failure: what is planned ahead would only wait in memory.
    const room = Math.min(window, this.#pace.concurrency * 8) - queue.waiting;
    if (room <= 0) return undefined;
    const due = postings.due(destination, now, room + this.#taken.size);
    // A backlog fills the room; only then is it worth counting.
    const coalesce = due.length >= room && this.#isFarBehind(now);
    for (const posting of due) {
      if (this.#taken.has(posting.movementId)) continue;
      this.#start(this.#planFor(posting, coalesce, now));
    }
    if (due.length > 0) return undefined;
    const next = postings.nextDueAt(destination);
    return next === undefined ? undefined : Math.max(0, next - now);
  }

  /** Whether more are due than are told one by one. Counting takes a while, and a second later little is different. */
  #isFarBehind(now: number): boolean {
    const { postings, recipient } = this.#options;
    if (recipient.coalesceAbove === null) return false;
    if (now < this.#backlog.countedAt || now >= this.#backlog.countedAt + everyMs) {
      const isLarge = postings.moreDueThan(recipient.destination, recipient.coalesceAbove);
      this.#backlog = { isLarge, countedAt: now };
    }
    return this.#backlog.isLarge;
  }

  /** A posting alone, or with the backlog of its row and kind. */
  #planFor(posting: DuePosting, coalesce: boolean, now: number): CallPlan {
    if (!coalesce) return planOf([posting]);
    const { postings, recipient } = this.#options;
    const row = postings
      .dueOfRow(recipient.destination, posting, now, maxMovementsPerCall)
      .filter((other) => !this.#taken.has(other.movementId));
    const [first = posting, ...rest] = row;
    return planOf([first, ...rest]);
  }

  #start(plan: CallPlan): void {
    for (const { movementId } of plan.movements) this.#taken.add(movementId);
    this.#options.queue.add(async () => {
      const sent = await this.#make(plan).catch((error: unknown) => this.#restAfter(error));
      if (!sent) this.#release(plan);
    });
  }

  /** Returns whether a call left; its movements are released once the outcome is recorded. */
  async #make(plan: CallPlan): Promise<boolean> {
    const call = await this.#commits.write(() => this.#record(plan));
    if (call === undefined) return false;
    const { written, answered } = await this.#options.queue.pass();
    this.#underWay += 1;
    const { outcome, receipt } = await this.#options.recipient.tell(plan, written);
    this.#underWay -= 1;
    answered();
    this.#follow(signalOf(outcome));
    this.#report(call.id, plan, outcome);
    // Not awaited: the next call's record then shares this one's flush, and cannot be durable before it.
    void this.#commits
      .write(() => this.#close(call, plan, outcome, receipt))
      .catch((error: unknown) => this.#reportFailure(error))
      .then(() => this.#release(plan));
    return true;
  }

  #release(plan: CallPlan): void {
    for (const { movementId } of plan.movements) this.#taken.delete(movementId);
    if (this.#options.queue.waiting < window / 4) this.#loop.wake();
  }

  /** What fails on our side fails again at once: the slot rests, so that neither log nor processor is stormed. */
  async #restAfter(error: unknown): Promise<false> {
    this.#reportFailure(error);
    await this.#options.clock.sleep(retry.firstMs);
    return false;
  }

  #reportFailure(error: unknown): void {
    this.#options.log.error({ err: error }, `a call could not be made or recorded: ${messageOf(error)}`);
  }

  /**
   * Within one transaction: what is planned must still be needed, since the command line and new files change that.
   * Returns the call to send.
   */
  #record(plan: CallPlan): RecordedCall | undefined {
    const { postings, calls, recipient, clock, beforeRecording } = this.#options;
    beforeRecording?.();
    if (plan.movements.some((posting) => !postings.stillNeeds(posting))) return undefined;
    const movements = plan.movements.map(({ movementId, need }) => ({
      id: movementId,
      multiplicity: need > 0 ? (1 as const) : (-1 as const),
    }));
    const call = { destination: recipient.destination, movements, quantity: plan.quantity };
    const at = clock.now();
    if (plan.quantity === 0) {
      calls.addSilent({ ...call, reason: 'netted' }, at, 'flagship', 'cancels out; nothing to send');
      return undefined;
    }
    const id = calls.open({ ...call, reason: recipient.reasonOf(plan) }, at);
    const note = recipient.refusalOf(plan);
    if (note === undefined) return { id, told: movements.map((movement) => ({ ...movement, sentAt: at })) };
    calls.close(id, { outcome: 'refused', at, by: 'flagship', note });
    return undefined;
  }

  #close({ id, told }: RecordedCall, plan: CallPlan, outcome: Outcome, receipt: string | undefined): void {
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

  #follow(signal: Signal): void {
    const { clock, random, recipient, queue, log } = this.#options;
    const before = this.#pace;
    const now = clock.now();
    this.#pace = paceAfter(before, signal, { now, maxConcurrency: recipient.concurrency, random });
    queue.setConcurrency(this.#pace.concurrency);
    if (this.#pace.pausedUntil > now) {
      queue.pause();
      this.#loop.wake();
    }
    if (this.#pace.concurrency < before.concurrency) {
      const seconds = Math.round((this.#pace.pausedUntil - now) / 1000);
      log.warn(
        { signal: signal.kind },
        `${recipient.name} is ${signal.kind}: posting pauses ${seconds} s, then one at a time`,
      );
    }
  }

  #report(call: number, plan: CallPlan, outcome: Outcome): void {
    const { recipient, log } = this.#options;
    const [posting] = plan.movements;
    const row = { call, store: posting?.storeId, product: posting?.productCode, quantity: plan.quantity };
    if (outcome.kind === 'refused') {
      log.error({ code: 'posting-refused', ...row }, `${recipient.name} refused a posting: ${outcome.note}`);
    } else if (outcome.kind === 'in-doubt') {
      log.warn(
        { code: 'posting-in-doubt', ...row },
        `nobody can say whether a posting arrived: ${outcome.note}`,
      );
    } else if (outcome.kind === 'unauthorised') {
      log.error(
        { code: recipient.unauthorisedCode, ...row },
        `${recipient.name} does not accept us: ${outcome.note}`,
      );
    } else {
      log.trace(row, outcome.kind);
    }
  }

  #reportLedger(trouble: string | undefined): void {
    if (trouble === undefined) return;
    this.#options.log.error(
      { code: 'ledger-write-failed' },
      `the ledger cannot be written (${trouble}): nothing is sent until it can`,
    );
  }
}
