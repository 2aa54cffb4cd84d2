import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Feed } from '../ledger/file-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Reached } from '../platform/crash-point.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop, type LoopSignals } from '../platform/loop.ts';
import { messageOf, Problem, systemCode } from '../platform/problem.ts';
import { type ClaimedFile, claim, claimedBefore, putBack } from './claimed-file.ts';
import { classifyName, nameOf } from './inbox-name.ts';
import { openForWriting } from './open-for-writing.ts';
import { Settling, type Sighting } from './settling.ts';

/** Takes one claimed file to its end. When it throws, the file is still in work/ and is tried again. */
export type Receive = (file: ClaimedFile, signal: AbortSignal) => Promise<void>;

export interface FeedIntakeOptions {
  feed: Feed;
  inbox: string;
  work: string;
  settleMs: number;
  scanMs: number;
  receive: Receive;
  clock: Clock;
  random: () => number;
  log: Logger;
  reached: Reached;
}

interface InboxSighting extends Sighting {
  /** The path in the bytes that the file system has, which need not be UTF-8. */
  location: Buffer;
}

/** How long after a failure of our own (a full disk, say) a file in work/ is tried again. */
const retryMs = 30_000;

/**
 * One feed of the inbox: looks, waits until files are complete, claims them and gives them to `receive`, one at a
 * time. What is durable: the claim is a rename; a file leaves work/ only when its fate is recorded. A file that
 * fails keeps no other waiting.
 */
export class FeedIntake {
  readonly #options: FeedIntakeOptions;
  readonly #settling: Settling<InboxSighting>;
  readonly #loop: Loop;
  readonly #told = new Set<string>();
  /** When files in work/ that failed are tried again, by their name there. */
  readonly #retryAt = new Map<string, number>();

  constructor(options: FeedIntakeOptions) {
    this.#options = options;
    this.#settling = new Settling(options.settleMs);
    this.#loop = new Loop({
      clock: options.clock,
      everyMs: options.scanMs,
      step: (signals) => this.#step(signals),
      onError: (error) => this.#report(error),
    });
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Stops taking. The file in hand is finished, or from `deadline` on given back to the inbox. */
  async stop(deadline: AbortSignal): Promise<void> {
    await this.#loop.stop(deadline);
    const { feed, work, inbox, log } = this.#options;
    for (const file of await claimedBefore(feed, work)) {
      await putBack(file, inbox);
      log.info({ feed, file: file.name }, 'put back into the inbox');
    }
  }

  async #step({ stopping, giveUp }: LoopSignals): Promise<number | undefined> {
    const { feed, work, clock } = this.#options;
    for (const file of await claimedBefore(feed, work)) {
      if (stopping.aborted) return undefined;
      if (this.#isDue(file)) await this.#receive(file, giveUp);
    }
    const { settled, nextInMs } = this.#settling.look(await this.#look(), clock.now());
    for (const sighting of settled) {
      if (stopping.aborted) return undefined;
      const file = await this.#claim(sighting);
      if (file) await this.#receive(file, giveUp);
    }
    return nextInMs;
  }

  #isDue({ workName }: ClaimedFile): boolean {
    const waitMs = (this.#retryAt.get(workName) ?? 0) - this.#options.clock.now();
    return waitMs <= 0 || waitMs > retryMs; // a clock set back must not keep a file waiting for ever
  }

  async #receive(file: ClaimedFile, signal: AbortSignal): Promise<void> {
    try {
      await this.#options.receive(file, signal);
      this.#retryAt.delete(file.workName);
    } catch (error) {
      if (signal.aborted) return;
      this.#retryAt.set(file.workName, this.#options.clock.now() + retryMs);
      this.#report(error, file);
    }
  }

  async #look(): Promise<InboxSighting[]> {
    const sightings: InboxSighting[] = [];
    const { inbox } = this.#options;
    for (const entry of await readdir(inbox, { withFileTypes: true, encoding: 'buffer' })) {
      const name = nameOf(entry.name);
      const path = join(inbox, name);
      const kind = classifyName(name);
      if (kind === 'unfinished') continue;
      // Links are not followed: a file's name must not make us read another place.
      if (!entry.isFile() || kind === 'foreign') {
        this.#mentionForeign(path);
        continue;
      }
      const location = Buffer.concat([Buffer.from(join(inbox, '/')), entry.name]);
      const seen = await stat(location).catch(() => undefined);
      if (seen)
        sightings.push({ path, location, bytes: seen.size, modifiedAt: seen.mtimeMs, inode: seen.ino });
    }
    return sightings.sort((a, b) => a.modifiedAt - b.modifiedAt);
  }

  async #claim(sighting: InboxSighting): Promise<ClaimedFile | undefined> {
    const { feed, work, clock, random, reached } = this.#options;
    if (await openForWriting(sighting.location)) return undefined;
    const unique = Math.floor(random() * 36 ** 4).toString(36);
    try {
      const file = await claim(feed, sighting, work, clock.now(), unique);
      reached('claimed');
      return file;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined; // taken away again by whoever put it there
      this.#mentionUnclaimable(sighting.path, error);
      return undefined;
    }
  }

  #mentionUnclaimable(path: string, error: unknown): void {
    if (this.#told.has(path)) return;
    this.#told.add(path);
    const advice = 'Give the user that runs Flagship the right to move it; it is taken by itself then.';
    this.#options.log.error(
      { code: 'inbox-unclaimable', path, advice },
      `left in the inbox, because it cannot be moved into work: ${messageOf(error)}`,
    );
  }

  #mentionForeign(path: string): void {
    if (this.#told.has(path)) return;
    this.#told.add(path);
    this.#options.log.warn(
      { code: 'inbox-foreign', path },
      'left alone: only .csv, .csv.gz and .zip files are read',
    );
  }

  #report(error: unknown, file?: ClaimedFile): void {
    const { feed, log } = this.#options;
    const known = error instanceof Problem ? { code: error.code, advice: error.advice } : { err: error };
    log.error(
      { feed, ...(file && { file: file.name }), ...known },
      `${file ? `${file.name} waits in work and is tried again` : 'the inbox could not be looked through'}: ${messageOf(error)}`,
    );
  }
}
