import type { DuePosting } from '../ledger/posting-records.ts';
import type { BackgroundFlush } from '../platform/background-flush.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop } from '../platform/loop.ts';
import { messageOf } from '../platform/problem.ts';
import type { Passage } from '../platform/sliding-limit.ts';
import { CallBook, type CallBookOptions, type Entry, type RecordedCall, retry } from './call-book.ts';
import { type CallPlan, planOf } from './call-plan.ts';
import { CommitBatch } from './commit-batch.ts';
import type { DepartureNotes, Departures } from './departures.ts';
import { type PaceState, paceAfter, type Signal, signalOf, startPace } from './pace.ts';
import { beginRun } from './posting-run.ts';
import { recordAhead, usualMs } from './record-ahead.ts';
import { reportOutcome } from './report-outcome.ts';
import type { SendQueue } from './send-queue.ts';

// What is durable, and what a crash leaves:
//
//   1. the call, outcome unknown       a crash from here on: in doubt at the next start, never sent again by itself
//   2. the request leaves
//   3. the outcome                     a crash before it is written: in doubt, although we knew
//
// No more than `concurrency` calls have left and have no outcome at any time, so that no more can be in doubt. Where
// answers come fast, more are recorded than may leave, so that none has to wait for a flush: which of them have left, and
// which were accepted since, is noted beside the ledger (departures.ts).

/** Waiting for their turn in memory: enough to keep the limit busy, and no backlog. */
const usualWindow = 64;
/** So many records and outcomes share a flush well enough. */
const fewest = 32;
/** How often the ledger is asked without being woken: the command line may have replayed something. */
const everyMs = 1_000;
/** A call that sums up more movements than this would be unreadable for people. */
const maxMovementsPerCall = 500;

export interface PosterOptions extends CallBookOptions {
  database: Database;
  queue: SendQueue;
  log: Logger;
  /** Flushes the ledger beside the event loop, which waits for the disk otherwise. */
  background?: BackgroundFlush;
  /** Without them no call is recorded before it may leave. */
  notes?: DepartureNotes;
}

/** Tells a destination what is due: each call recorded before it leaves, each outcome after. */
export class Poster {
  readonly #options: PosterOptions;
  readonly #commits: CommitBatch<Entry, RecordedCall | undefined>;
  readonly #loop: Loop;
  /** Movements that are planned or under way, so that they are not chosen twice. */
  readonly #taken = new Set<number>();
  /** Calls that have left and are not answered. */
  #underWay = 0;
  #backlog = { isLarge: false, countedAt: Number.NEGATIVE_INFINITY };
  #pace: PaceState;
  #answerMs: number | undefined;
  #departures: Departures | undefined;
  #stopping = false;

  constructor(options: PosterOptions) {
    this.#options = options;
    const book = new CallBook(options);
    this.#pace = startPace(options.recipient.concurrency);
    this.#commits = new CommitBatch({
      database: options.database,
      write: (entries) => book.enter(entries),
      clock: options.clock,
      onTrouble: (trouble) => this.#reportLedger(trouble),
      mayGrow: () => this.#underWay > 0,
      // By then half of the calls that were recorded ahead have left.
      enough: () => Math.max(fewest, this.#ahead()),
      background: options.background,
    });
    this.#loop = new Loop({
      clock: options.clock,
      everyMs,
      step: async () => this.#fill(),
      onError: (error) => options.log.error({ err: error }, `posting goes on after: ${messageOf(error)}`),
    });
  }

  /** Ends what was under way when the service ended, in doubt where nobody can say how, and begins. */
  start(): void {
    const { recipient, log } = this.#options;
    const { destination } = recipient;
    const { doubts, departures } = beginRun({
      ...this.#options,
      destination,
      onTrouble: (error) =>
        log.warn(
          { code: 'departures-not-noted', err: error },
          `which calls leave cannot be noted (${messageOf(error)}): posting is slower, nothing else`,
        ),
    });
    this.#departures = departures;
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
    this.#options.background?.close();
    this.#departures?.close();
  }

  /** Plans calls until enough wait for their turn. Returns when a posting that waits comes due. */
  async #fill(): Promise<number | undefined> {
    const { postings, recipient, queue, clock } = this.#options;
    const { destination } = recipient;
    const now = clock.now();
    if (this.#stopping) return undefined;
    if (now < this.#pace.pausedUntil) return this.#pace.pausedUntil - now;
    queue.resume();
    const window = this.#window();
    const room = window - queue.waiting;
    if (room <= 0) return undefined;
    const due = postings.due(destination, now, room + this.#taken.size);
    // A backlog fills the room; only then is it worth counting.
    const coalesce = due.length >= room && this.#isFarBehind(now);
    for (const posting of due) {
      if (queue.waiting >= window) break;
      if (this.#taken.has(posting.movementId)) continue;
      this.#start(this.#planFor(posting, coalesce, now));
    }
    if (due.length > 0) return undefined;
    const next = postings.nextDueAt(destination);
    return next === undefined ? undefined : Math.max(0, next - now);
  }

  /**
   * How many may wait for their turn: enough for the next two batches where many are recorded ahead. Slow again after a
   * failure, what is planned would only wait in memory.
   */
  #window(): number {
    return Math.max(Math.min(usualWindow, this.#pace.concurrency * 8), 2 * this.#ahead());
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

  /** Returns whether a call was recorded; its movements are released once it is closed. */
  async #make(plan: CallPlan): Promise<boolean> {
    const { recipient, queue, clock } = this.#options;
    const call = await this.#commits.write({ kind: 'planned', plan });
    if (call === undefined) return false;
    const passage = await queue.pass();
    if (passage === undefined || !(await this.#noteDeparture(call, passage))) {
      await this.#close({ kind: 'kept-back', plan, call });
      return true;
    }
    const leftAt = clock.now();
    this.#underWay += 1;
    const { outcome, receipt } = await recipient.tell(plan, passage.written);
    this.#underWay -= 1;
    const signal = signalOf(outcome);
    if (signal.kind === 'served') this.#answerMs = usualMs(this.#answerMs, clock.now() - leftAt);
    this.#follow(signal);
    reportOutcome(this.#options, { call: call.id, plan, outcome });
    const isAccepted = outcome.kind === 'accepted';
    // Before the ledger hears of it, whose commit then comes after what leaves in this one's stead.
    if (isAccepted) this.#departures?.accepted(call.id, clock.now());
    const closed = this.#close({ kind: 'ended', plan, call, outcome, receipt });
    if (this.#departures !== undefined && !isAccepted) await closed;
    // Without notes calls are recorded right before they leave: the next one's record shares this one's flush, and
    // cannot be durable before it.
    passage.answered();
    return true;
  }

  /** Returns whether a call may leave; otherwise its slot rests before it is free again. */
  async #noteDeparture({ id }: RecordedCall, passage: Passage): Promise<boolean> {
    try {
      await this.#departures?.left(id);
      return true;
    } catch (error) {
      await this.#restAfter(error);
      passage.answered();
      return false;
    }
  }

  /** Resolves when it is recorded how a call ended; its movements may be chosen again then. */
  #close(ending: Exclude<Entry, { kind: 'planned' }>): Promise<void> {
    return this.#commits
      .write(ending)
      .catch((error: unknown) => this.#reportFailure(error))
      .then(() => this.#release(ending.plan));
  }

  #release(plan: CallPlan): void {
    for (const { movementId } of plan.movements) this.#taken.delete(movementId);
    if (this.#options.queue.waiting < this.#window() / 2) this.#loop.wake();
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

  #follow(signal: Signal): void {
    const { clock, random, recipient, queue, log } = this.#options;
    const before = this.#pace;
    const now = clock.now();
    this.#pace = paceAfter(before, signal, { now, maxConcurrency: recipient.concurrency, random });
    queue.setConcurrency(this.#pace.concurrency, this.#ahead());
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

  /** None where a rate holds, nor while posting is slow or fails: what is recorded ahead would wait. */
  #ahead(): number {
    const { concurrency, failures } = this.#pace;
    if (!this.#options.queue.isUnlimited) return 0;
    if (this.#departures === undefined || this.#answerMs === undefined) return 0;
    if (failures > 0 || concurrency < this.#options.recipient.concurrency) return 0;
    return recordAhead({ concurrency, answerMs: this.#answerMs });
  }

  #reportLedger(trouble: string | undefined): void {
    if (trouble === undefined) return;
    this.#options.log.error(
      { code: 'ledger-write-failed' },
      `the ledger cannot be written (${trouble}): nothing is sent until it can`,
    );
  }
}
