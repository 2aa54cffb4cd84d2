import { createHash } from 'node:crypto';
import { open, utimes } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { RemoteEntry, RemoteFolder } from '../delivery/remote-folder.ts';
import { boundedName } from '../platform/bounded-name.ts';
import { durableRename, freePath } from '../platform/durable-file.ts';
import { Problem, systemCode } from '../platform/problem.ts';

// How a file of another place gets into the inbox. What is durable after each step, and what a crash leaves:
//
//   1. at its place: renamed into `archive` there, under a name that ends in .taking
//   2. in the inbox under a name that nobody takes, then renamed    a crash: found as .taking, read again; the inbox
//                                                                   knows the content by its hash
//   3. at its place: renamed to its own name in `archive`
//
// Where renaming is not permitted the file is read where it is, and the caller remembers it.

const archive = 'archive';
const taking = '.taking';

/** Takes files from an open folder, one at a time. */
export class RemoteTake {
  readonly #folder: RemoteFolder;
  readonly #inbox: string;
  readonly #archive: string;

  constructor(folder: RemoteFolder, inbox: string) {
    this.#folder = folder;
    this.#inbox = inbox;
    this.#archive = posix.join(folder.directory, archive);
  }

  /** Brings in what a sudden end left between its place and the archive there. Returns the names. */
  async resume(): Promise<string[]> {
    const entries = await this.#folder.list(this.#folder.directory);
    if (!entries.some(({ name, kind }) => name === archive && kind === 'directory')) return [];
    const left = (await this.#folder.list(this.#archive)).filter(({ name }) => name.endsWith(taking));
    for (const entry of left) await this.#bringIn(entry, entry.name.slice(0, -taking.length));
    return left.map(({ name }) => name);
  }

  /**
   * Takes a file away from its place and into the inbox. `gone`: somebody else took it. `forbidden`: it may not be
   * renamed there, and nothing was done.
   *
   * @throws Problem `delivery-…`, and what our own disk says
   */
  async take(entry: RemoteEntry): Promise<'taken' | 'gone' | 'forbidden'> {
    const name = `${entry.name}${taking}`;
    if (!(await this.#mayRename(entry.name, name))) {
      const path = posix.join(this.#folder.directory, entry.name);
      return (await this.#folder.size(path)) === undefined ? 'gone' : 'forbidden';
    }
    await this.#bringIn({ ...entry, name }, entry.name);
    return 'taken';
  }

  /**
   * Copies a file that has to stay where it is. Returns its SHA-256 in hex, or undefined when it changed meanwhile
   * and nothing was copied.
   */
  async copy(entry: RemoteEntry): Promise<string | undefined> {
    const { path, sha256, bytes } = await this.#read(this.#folder.directory, entry, entry.name);
    const now = (await this.#folder.list(this.#folder.directory)).find(({ name }) => name === entry.name);
    if (!now || now.bytes !== bytes || now.modifiedAt !== entry.modifiedAt) return undefined;
    await this.#drop(path, entry.name);
    return sha256;
  }

  async #mayRename(from: string, to: string): Promise<boolean> {
    try {
      if ((await this.#folder.size(this.#archive)) === undefined)
        await this.#folder.makeDirectory(this.#archive);
      await this.#folder.rename(posix.join(this.#folder.directory, from), posix.join(this.#archive, to));
      return true;
    } catch (error) {
      if (systemCode(error) === 'delivery-directory' || systemCode(error) === 'delivery-failed') return false;
      throw error;
    }
  }

  async #bringIn(entry: RemoteEntry, name: string): Promise<void> {
    const { path, bytes } = await this.#read(this.#archive, entry, name);
    const from = posix.join(this.#archive, entry.name);
    if ((await this.#folder.size(from)) !== bytes) throw stillWritten(this.#folder.address, name);
    await this.#drop(path, name);
    await this.#folder.rename(from, posix.join(this.#archive, await this.#freeName(name)));
  }

  async #read(directory: string, entry: RemoteEntry, name: string) {
    const path = join(this.#inbox, `.${boundedName(name)}.part`);
    const hash = createHash('sha256');
    let bytes = 0;
    const handle = await open(path, 'w');
    try {
      for await (const piece of this.#folder.read(posix.join(directory, entry.name))) {
        hash.update(piece);
        bytes += piece.length;
        await handle.writeFile(piece);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    // When it was packed is all that its time says; the inbox keeps it.
    await utimes(path, entry.modifiedAt / 1000, entry.modifiedAt / 1000);
    return { path, bytes, sha256: hash.digest('hex') };
  }

  async #drop(path: string, name: string): Promise<void> {
    await durableRename(path, await freePath(this.#inbox, boundedName(name)));
  }

  /** A job that names its files alike must not overwrite what it wrote yesterday. */
  async #freeName(name: string): Promise<string> {
    for (let copy = 1; ; copy += 1) {
      const free = copy === 1 ? name : name.replace(/(\.[^.]*)?$/, `-${copy}$1`);
      if ((await this.#folder.size(posix.join(this.#archive, free))) === undefined) return free;
    }
  }
}

function stillWritten(address: string, name: string): Problem {
  return new Problem(
    'fulfilled-still-written',
    `${address}: ${name} grew while it was read; it is in the archive folder there and is read again.`,
    'Nothing, if it happens once. Otherwise ask the operator of the OMS to write files under another name and rename them.',
  );
}
