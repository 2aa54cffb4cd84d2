import { join } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import { type Delivery, deliver, publishedAt } from '../delivery/deliver.ts';
import { removeLeftovers } from '../delivery/leftovers.ts';
import { openRemoteFolder } from '../delivery/open-folder.ts';
import { temporaryName } from '../delivery/temporary-name.ts';
import type { Snapshot, SnapshotRecords } from '../ledger/snapshot-records.ts';
import { backoffMs } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Reached } from '../platform/crash-point.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop } from '../platform/loop.ts';
import { messageOf, Problem, systemCode } from '../platform/problem.ts';
import { nextTimeOfDay, showLocal } from '../platform/time-zone.ts';
import { placeResetFile } from './reset-file.ts';
import { jobAfter } from './reset-timing.ts';
import type { ResetWatch } from './reset-watch.ts';
import { deliveryOrder, firstFree } from './snapshot-choice.ts';

// Delivery of snapshots, one at a time, until it succeeds. What is durable after each step, and what a crash leaves:
//
//   1. state "delivering"                         a crash: tried again, the temporary file is written anew
//   2. uploaded and verified, uploaded_at set     a crash: only the remote rename is left to do, or was done
//   3. remote rename                              a crash: found there, or taken by the OMS already; never sent twice
//   4. state "delivered"                          a crash: the Reset CSV goes from outbox/ to archive/ at start

/** Between tries: short enough to make the deadline after an outage, long enough for a server to come up. */
const backoff = { firstMs: 1_000, maxMs: 30_000 };

/** Other processes (the command line) release snapshots too, so the ledger is asked this often. */
const everyMs = 2_000;

export interface SnapshotDeliveryOptions {
  configuration: Configuration;
  folders: DataFolders;
  snapshots: SnapshotRecords;
  clock: Clock;
  random: () => number;
  log: Logger;
  reached: Reached;
  /** Who must know when a file gets the name under which the OMS finds it. */
  watch: Pick<ResetWatch, 'beforePublishing' | 'notPublished' | 'wake'>;
}

export class SnapshotDelivery {
  readonly #options: SnapshotDeliveryOptions;
  readonly #loop: Loop;
  /** When a snapshot that failed is tried again, by its id. */
  readonly #retryAt = new Map<number, number>();

  constructor(options: SnapshotDeliveryOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      everyMs,
      step: ({ giveUp }) => this.#step(giveUp),
      onError: (error) => options.log.error({ err: error }, 'the delivery loop failed and goes on'),
    });
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Starts no further delivery. The one under way is finished, or from `deadline` on broken off to be resumed. */
  stop(deadline: AbortSignal): Promise<void> {
    return this.#loop.stop(deadline);
  }

  async #step(signal: AbortSignal): Promise<number | undefined> {
    const { snapshots } = this.#options;
    const { queue, superseded } = deliveryOrder(snapshots.inState('held', 'ready', 'delivering'));
    for (const { snapshot, by } of superseded) await this.#supersede(snapshot, by);
    const next = firstFree(queue, (snapshot) => this.#waitMs(snapshot) > 0);
    if (!next) return Math.min(...queue.map((one) => this.#waitMs(one)).filter((ms) => ms > 0));
    try {
      await this.#deliver(next, signal);
    } catch (error) {
      if (!signal.aborted) this.#noteFailure(next, error);
    }
    return 0;
  }

  /** How long its last failure still keeps a snapshot waiting; after a restart not at all. */
  #waitMs({ id }: Snapshot): number {
    const leftMs = (this.#retryAt.get(id) ?? 0) - this.#options.clock.now();
    return leftMs > backoff.maxMs ? 0 : Math.max(0, leftMs); // a clock set back must not keep it for ever
  }

  async #supersede(snapshot: Snapshot, by: number): Promise<void> {
    const { snapshots, clock, log } = this.#options;
    const reason = `replaced by snapshot ${by}`;
    snapshots.change(snapshot.id, 'superseded', { at: clock.now(), who: 'flagship', reason });
    log.warn(
      { snapshot: snapshot.id, by },
      `snapshot ${snapshot.id} of ${snapshot.file} was ${reason}, undelivered`,
    );
    await this.#place(snapshot.id);
  }

  async #deliver(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    const { configuration, folders, snapshots, clock, reached, watch } = this.#options;
    const { id, resetName: name, resetBytes: bytes, resetSha256: sha256 } = snapshot;
    if (snapshot.state === 'ready') {
      snapshots.change(id, 'delivering', { at: clock.now(), who: 'flagship' });
    }
    const folder = await openRemoteFolder(configuration.delivery, { clock, signal });
    let publishing = false;
    try {
      await removeLeftovers(folder, (found) => this.#isLeftover(found, snapshot));
      const delivery = await deliver({
        folder,
        file: { path: join(folders.outbox, name), name, bytes, sha256 },
        wasUploaded: snapshot.uploadedTo === folder.address,
        onUploaded: () => snapshots.markUploaded(id, clock.now(), folder.address),
        beforePublishing: () => {
          publishing = true;
          return watch.beforePublishing(id, signal);
        },
        reached,
        signal,
      });
      const { how } = delivery;
      const at = clock.now();
      // Which run of the OMS's job takes it hangs on when it could first be seen.
      const deliveredAt = publishedAt(delivery, snapshot.uploadedAt, at);
      snapshots.change(id, 'delivered', { at, who: 'flagship', reason: remarkOf(how), deliveredAt });
      this.#logDelivered(snapshot, how);
      watch.wake();
    } catch (error) {
      // A connection that breaks during the rename leaves open whether the file has its name.
      if (publishing && systemCode(error) !== 'delivery-interrupted') watch.notPublished(id);
      throw error;
    } finally {
      await folder.close();
    }
    await this.#place(id);
  }

  /** Temporary files that this ledger's other snapshots left there. */
  #isLeftover(found: string, current: Snapshot): boolean {
    return this.#options.snapshots
      .list()
      .some((other) => other.id !== current.id && temporaryName(toDeliver(other)) === found);
  }

  async #place(id: number): Promise<void> {
    const { snapshots, folders, clock, configuration } = this.#options;
    const snapshot = snapshots.get(id);
    if (snapshot) await placeResetFile(snapshot, folders, clock.now(), configuration.timeZone);
  }

  #noteFailure(snapshot: Snapshot, error: unknown): void {
    const { snapshots, clock, random, log } = this.#options;
    const code = error instanceof Problem ? error.code : 'delivery-failed';
    const advice = error instanceof Problem ? error.advice : 'See the log.';
    const at = clock.now();
    snapshots.noteProblem(snapshot.id, { code, message: messageOf(error) }, at);
    const attempts = snapshot.attempts + 1;
    const pauseMs = backoffMs(backoff, attempts, random);
    this.#retryAt.set(snapshot.id, at + pauseMs);
    const retryInSeconds = Math.round(pauseMs / 1000);
    const fields = { code, snapshot: snapshot.id, try: attempts, retryInSeconds, advice };
    const why = messageOf(error).replace(/\.$/, '');
    const line = `${snapshot.resetName} is not delivered: ${why}. It waits in outbox and is tried again`;
    if (this.#pastDeadline(snapshot)) log.error(fields, `${line}. THE DEADLINE HAS PASSED`);
    else log.warn(fields, line);
  }

  /** Whether a deadline has come and gone since the snapshot was taken. */
  #pastDeadline({ takenAt }: Snapshot): boolean {
    const { clock, configuration } = this.#options;
    return nextTimeOfDay(takenAt, configuration.reset.deadline, configuration.timeZone) <= clock.now();
  }

  #logDelivered(snapshot: Snapshot, how: string): void {
    const { configuration, log } = this.#options;
    const taken = showLocal(snapshot.takenAt, configuration.timeZone);
    log.info(
      {
        snapshot: snapshot.id,
        file: snapshot.resetName,
        rows: snapshot.written,
        bytes: snapshot.resetBytes,
        how,
      },
      `${snapshot.resetName} delivered: ${snapshot.written} rows as of ${taken}`,
    );
    this.#warnIfLate(snapshot);
  }

  /** By schedule, a file that comes after the day's run waits for that of the next day. */
  #warnIfLate({ id, takenAt }: Snapshot): void {
    const { configuration, log, clock } = this.#options;
    const { reset, timeZone } = configuration;
    const ofTheDay = jobAfter(takenAt, { appliesAt: reset.appliesAt, timeZone });
    const job = jobAfter(clock.now(), { appliesAt: reset.appliesAt, timeZone });
    if (reset.confirm !== 'schedule' || job === ofTheDay) return;
    log.warn(
      { code: 'snapshot-late', snapshot: id },
      `snapshot ${id} was delivered after the OMS's run of ${showLocal(ofTheDay, timeZone)}: it is applied at ` +
        `${showLocal(job, timeZone)}. Until then stock rests on the last reset and the sales told since. To have it sooner, ` +
        `have the job run now, then "flagship snapshots applied ${id} --at TIME".`,
    );
  }
}

/** What is worth remembering of a delivery; why a person released the snapshot is not to be written over. */
function remarkOf(how: Delivery['how']): string | undefined {
  return how === 'delivered' ? undefined : how;
}

function toDeliver(snapshot: Snapshot): { name: string; sha256: string } {
  return { name: snapshot.resetName, sha256: snapshot.resetSha256 };
}
