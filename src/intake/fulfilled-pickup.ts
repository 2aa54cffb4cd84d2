import type { DeliveryPlace } from '../config/configuration.ts';
import { openRemoteFolder } from '../delivery/open-folder.ts';
import type { RemoteEntry, RemoteFolder } from '../delivery/remote-folder.ts';
import type { FetchedRecords } from '../ledger/fetched-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop, type LoopSignals } from '../platform/loop.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { RemoteTake } from './remote-take.ts';
import { Settling } from './settling.ts';

export interface FulfilledPickupOptions {
  place: DeliveryPlace;
  pollSeconds: number;
  /** A file is taken after it has looked the same for this long. */
  settleMs: number;
  inbox: string;
  fetched: FetchedRecords;
  clock: Clock;
  log: Logger;
  /** Called when a file is in the inbox. */
  onFile: () => void;
}

/** A name that is a plain one here too, of a finished CSV file. */
const wanted = /^[^./\\\0][^/\\\0]*\.csv$/i;

/**
 * Looks into the place where the OMS leaves packed orders and brings each file into the inbox once: taken away by
 * rename where that is permitted, remembered otherwise.
 */
export class FulfilledPickup {
  readonly #options: FulfilledPickupOptions;
  readonly #settling: Settling<RemoteEntry & { path: string }>;
  readonly #loop: Loop;
  #isResumed = false;
  #mayTake = true;
  #trouble: string | undefined;

  constructor(options: FulfilledPickupOptions) {
    this.#options = options;
    this.#settling = new Settling(options.settleMs);
    this.#loop = new Loop({
      clock: options.clock,
      everyMs: options.pollSeconds * 1000,
      step: (signals) => this.#round(signals),
      onError: (error) => this.#report(error),
    });
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Ends after the file in hand. */
  stop(deadline: AbortSignal): Promise<void> {
    return this.#loop.stop(deadline);
  }

  async #round({ stopping, giveUp }: LoopSignals): Promise<number | undefined> {
    const { place, inbox, clock } = this.#options;
    const folder = await openRemoteFolder(place, { clock, signal: giveUp });
    try {
      const take = new RemoteTake(folder, inbox);
      if (!this.#isResumed) this.#tell(await take.resume());
      this.#isResumed = true;
      const { settled, nextInMs } = await this.#look(folder);
      for (const entry of settled) {
        if (stopping.aborted) return undefined;
        await this.#bring(entry, folder, take);
      }
      this.#trouble = undefined;
      return nextInMs;
    } finally {
      await folder.close();
    }
  }

  /** The files that are complete and not known yet, oldest first. */
  async #look(folder: RemoteFolder): Promise<{ settled: RemoteEntry[]; nextInMs: number | undefined }> {
    const { fetched, clock } = this.#options;
    const entries = (await folder.list(folder.directory))
      .filter(({ kind, name }) => kind === 'file' && wanted.test(name))
      .filter((entry) => !fetched.knows({ place: folder.address, ...entry }))
      .sort((a, b) => a.modifiedAt - b.modifiedAt || (a.name < b.name ? -1 : 1));
    const sightings = entries.map((entry) => ({ ...entry, path: entry.name }));
    return this.#settling.look(sightings, clock.now());
  }

  async #bring(entry: RemoteEntry, folder: RemoteFolder, take: RemoteTake): Promise<void> {
    const { fetched, clock, log } = this.#options;
    if (this.#mayTake) {
      const how = await take.take(entry);
      if (how === 'taken') this.#tell([entry.name]);
      if (how !== 'forbidden') return;
      this.#mayTake = false;
      log.warn(
        { code: 'fulfilled-left', place: folder.address },
        'files of packed orders cannot be moved into an archive folder there: they are left, and remembered as fetched',
      );
    }
    const sha256 = await take.copy(entry);
    if (sha256 === undefined) return;
    fetched.add({ place: folder.address, ...entry }, sha256, clock.now());
    this.#tell([entry.name]);
  }

  #tell(names: readonly string[]): void {
    for (const name of names) this.#options.log.info({ file: name }, `${name} fetched from the OMS`);
    if (names.length > 0) this.#options.onFile();
  }

  /** A place that is away for an hour is told once, not every minute. */
  #report(error: unknown): void {
    this.#isResumed = false;
    const message = messageOf(error);
    if (message === this.#trouble) return;
    this.#trouble = message;
    const code = systemCode(error) ?? 'fulfilled-fetch-failed';
    this.#options.log.error(
      { code, err: error },
      `packed orders cannot be fetched for now, and are tried again: ${message}`,
    );
  }
}
