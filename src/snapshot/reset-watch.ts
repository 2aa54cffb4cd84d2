import type { Configuration } from '../config/configuration.ts';
import { mayArriveMs } from '../hotwax/late-calls.ts';
import type { ResetRecords } from '../ledger/reset-records.ts';
import type { RowQuestions } from '../ledger/row-questions.ts';
import type { Snapshot, SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { WindowRecords } from '../ledger/window-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Reached } from '../platform/crash-point.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop } from '../platform/loop.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { showLocal } from '../platform/time-zone.ts';
import { DueWindows } from './due-windows.ts';
import type { ResetEvidenceSource, Sign } from './reset-evidence.ts';
import type { ResetRowSource } from './reset-row-lookup.ts';
import type { ResetRules } from './reset-timing.ts';
import { RowAnswers } from './row-answers.ts';

// From delivery to the reset. What is durable after each step, and what a crash leaves:
//
//   1. window open           the rows stay held after a restart
//   2. picked up             A is this moment and the margin; remembered, since later looks would be later
//   3. reset known           one transaction with the end of the window; before it, 1 and 2 are looked at again
//
// Rows that somebody must know are looked up whenever a posting waits for the answer.

/** The command line confirms snapshots and releases them too, so the ledger is asked this often. */
const everyMs = 2_000;
/** First look whether calls have ended before a file gets its name: they take milliseconds, or a time-out. */
const underWayMs = 25;

export interface ResetWatchOptions {
  configuration: Pick<Configuration, 'reset' | 'timeZone'> & {
    oms: Pick<NonNullable<Configuration['oms']>, 'timeoutSeconds'> | null;
  };
  snapshots: SnapshotRecords;
  windows: WindowRecords;
  resets: ResetRecords;
  questions: RowQuestions;
  rows: ResetRowSource;
  /** undefined with `schedule`, which needs none. */
  evidence: ResetEvidenceSource | undefined;
  clock: Clock;
  log: Logger;
  reached: Reached;
  /** Called when postings may have come due. */
  onChange: () => void;
}

/** Opens and closes windows, learns that the OMS applied a snapshot, and looks rows up in Reset CSVs. */
export class ResetWatch {
  readonly #options: ResetWatchOptions;
  readonly #rules: ResetRules;
  readonly #loop: Loop;
  readonly #answers: RowAnswers;
  readonly #due: DueWindows;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #trouble: string | undefined;

  constructor(options: ResetWatchOptions) {
    this.#options = options;
    const { reset, timeZone } = options.configuration;
    this.#rules = { ...reset, timeZone };
    this.#answers = new RowAnswers(options);
    this.#due = new DueWindows({ ...options, rules: this.#rules });
    this.#loop = new Loop({
      clock: options.clock,
      everyMs,
      step: ({ giveUp }) => this.#step(giveUp),
      onError: (error) => this.#report(error),
    });
  }

  /** Opens what should be open already, before anybody posts, and begins. */
  start(): void {
    this.openDue();
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  stop(deadline: AbortSignal): Promise<void> {
    return this.#loop.stop(deadline);
  }

  /**
   * Opens the windows that are due. For whoever is about to record what will be sent: when the machine slept, the loop
   * here may wake later than that there.
   */
  openDue(): void {
    this.#due.open();
  }

  /**
   * To be awaited before a Reset CSV gets the name under which the OMS finds it: from then on the reset may come at any
   * moment, so its window opens now, and calls that may still reach the OMS are waited for: those under way, and those in
   * doubt for so short a time that they may be. Nothing to do by schedule, whose window opens long before.
   */
  async beforePublishing(snapshotId: number, signal: AbortSignal): Promise<void> {
    const { windows, clock, configuration } = this.#options;
    this.#due.maybePublished(snapshotId);
    if (this.#rules.confirm === 'schedule') return;
    windows.open(snapshotId, clock.now());
    const lateMs = configuration.oms ? mayArriveMs(configuration.oms) : 0;
    for (let waitMs = underWayMs; windows.mayArrive(snapshotId, clock.now() - lateMs); waitMs *= 2) {
      signal.throwIfAborted();
      await clock.sleep(Math.min(waitMs, everyMs), signal);
    }
  }

  /** The file did certainly not get its name: sales go on until the next try. */
  notPublished(snapshotId: number): void {
    const { windows, clock, onChange } = this.#options;
    this.#due.notPublished(snapshotId);
    if (windows.close(snapshotId, clock.now(), 'not published')) onChange();
  }

  async #step(signal: AbortSignal): Promise<number | undefined> {
    this.#closeAbandoned();
    await this.#try(signal, () => this.#look(signal));
    this.openDue();
    for (const snapshot of this.#delivered()) {
      await this.#try(signal, () => this.#advance(snapshot, signal));
    }
    await this.#try(signal, async () => {
      if (await this.#answers.find(signal)) this.#options.onChange();
    });
    return this.#nextChangeMs();
  }

  /** What goes wrong with one snapshot does not keep the others waiting. */
  async #try(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      this.#report(error);
    }
  }

  #delivered(): Snapshot[] {
    return this.#options.snapshots.inState('delivered');
  }

  async #advance(snapshot: Snapshot, signal: AbortSignal, finishedAt?: number): Promise<void> {
    const phase = this.#due.phaseOf(snapshot, finishedAt);
    this.#due.openIfDue(snapshot, phase);
    if (phase.is === 'before') this.#closeUntilThen(snapshot);
    if (phase.is === 'applied') await this.#learn(snapshot, phase, signal);
    if (phase.is === 'unconfirmed') this.#giveUp(snapshot, phase.why);
  }

  /** It was opened in case the file was there already; it came later, and waits for another run. */
  #closeUntilThen({ id }: Snapshot): void {
    const { windows, clock, onChange } = this.#options;
    if (windows.close(id, clock.now(), 'published after the run')) onChange();
  }

  async #learn(
    snapshot: Snapshot,
    phase: { appliedAt: number; how: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { questions, rows, resets, clock, log, reached, onChange } = this.#options;
    const question = await questions.ofReset(snapshot);
    const found = await rows.lookUp(snapshot, question.rows, signal);
    reached('reset-looked-up');
    const { appliedAt, how: reason } = phase;
    resets.learn(
      { snapshotId: snapshot.id, appliedAt, at: clock.now(), who: 'flagship', reason },
      { rows: found, upTo: question.upTo },
    );
    reached('reset-known');
    log.info(
      { snapshot: snapshot.id, takenAt: this.#show(snapshot.takenAt), appliedAt: this.#show(appliedAt) },
      `the OMS applied snapshot ${snapshot.id} (${reason}); sales since ${this.#show(snapshot.takenAt)} are told on top of it`,
    );
    onChange();
  }

  #giveUp(snapshot: Snapshot, why: string): void {
    const { snapshots, windows, clock, log, onChange } = this.#options;
    const at = clock.now();
    snapshots.change(snapshot.id, 'unconfirmed', { at, who: 'flagship', reason: why });
    windows.close(snapshot.id, at, 'unconfirmed');
    log.error(
      { code: 'reset-unconfirmed', snapshot: snapshot.id, file: snapshot.resetName },
      `nobody can say whether the OMS applied snapshot ${snapshot.id} (${why}): nothing is concluded, its postings go on. ` +
        `Find out in the OMS, then "flagship snapshots applied ${snapshot.id} --at TIME" or "… --never".`,
    );
    onChange();
  }

  /** Asks the other side about snapshots without a sign, at most every `reset.pollSeconds`. */
  async #look(signal: AbortSignal): Promise<void> {
    const { evidence, clock, configuration } = this.#options;
    if (!evidence || clock.now() < this.#lookedAt + configuration.reset.pollSeconds * 1000) return;
    const waiting = this.#delivered().filter((snapshot) => this.#waitsForSign(snapshot));
    if (waiting.length === 0) return;
    this.#lookedAt = clock.now();
    const signs = await evidence.look(waiting, signal);
    this.#trouble = undefined;
    for (const [index, snapshot] of waiting.entries()) {
      const sign = signs[index];
      if (sign) await this.#heed(snapshot, sign, signal);
    }
  }

  #waitsForSign({ id, pickedUpAt }: Snapshot): boolean {
    return pickedUpAt === null && this.#options.windows.openedAt(id) !== undefined;
  }

  async #heed(snapshot: Snapshot, sign: Sign, signal: AbortSignal): Promise<void> {
    const { snapshots, clock, log } = this.#options;
    switch (sign.is) {
      case 'none':
        return;
      case 'picked-up':
        snapshots.markPickedUp(snapshot.id, clock.now());
        log.info({ snapshot: snapshot.id }, `the OMS took ${snapshot.resetName}`);
        return;
      case 'finished':
        await this.#advance(snapshot, signal, sign.finishedAt ?? clock.now());
        return;
      case 'failed':
        this.#giveUp(snapshot, 'the OMS says that the import failed');
        return;
    }
  }

  /** A window whose file was never published must not hold sales for ever. */
  #closeAbandoned(): void {
    const { windows, snapshots, clock, log, onChange } = this.#options;
    for (const { snapshotId, openedAt } of windows.allOpen()) {
      const state = snapshots.get(snapshotId)?.state;
      const late = clock.now() > openedAt + this.#rules.holdLimitMinutes * 60_000;
      if (state === 'delivered' || (state === 'delivering' && !late)) continue;
      windows.close(snapshotId, clock.now(), 'not delivered');
      log.warn(
        { snapshot: snapshotId },
        `snapshot ${snapshotId} is ${state}: its postings are held no longer`,
      );
      onChange();
    }
  }

  #nextChangeMs(): number | undefined {
    const now = this.#options.clock.now();
    const moments = this.#due.awaited().flatMap((snapshot) => {
      const phase = this.#due.phaseOf(snapshot);
      if (phase.is === 'before') return [phase.opensAt];
      return phase.is === 'open' ? [phase.until + 1] : [];
    });
    if (this.#answers.restsUntil > now) moments.push(this.#answers.restsUntil);
    return moments.length === 0 ? undefined : Math.max(0, Math.min(...moments) - now);
  }

  /** Said once for as long as it stays the same. */
  #report(error: unknown): void {
    const message = messageOf(error);
    if (message === this.#trouble) return;
    this.#trouble = message;
    const code = systemCode(error) ?? 'reset-watch-failed';
    this.#options.log.error({ code, err: error }, `resets cannot be followed for now: ${message}`);
  }

  #show(at: number): string {
    return showLocal(at, this.#rules.timeZone);
  }
}
