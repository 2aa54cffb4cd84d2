import { constants, type Stats } from 'node:fs';
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  stat,
  truncate,
  unlink,
  utimes,
} from 'node:fs/promises';
import { basename, dirname, join, posix, sep } from 'node:path';

export interface NamedStats {
  name: string;
  stats: Stats;
}

export interface Changes {
  mode?: number;
  size?: number;
  /** Seconds since the epoch. */
  atime?: number;
  mtime?: number;
}

/** Wanted access, by the bits of an SFTP open request. */
export const openBits = { read: 0x01, write: 0x02, append: 0x04, create: 0x08, truncate: 0x10, new: 0x20 };

/**
 * File operations below one real folder, which appears as `/`. No path leaves it, neither by `..` nor by a
 * link. Errors are the system's, with its codes.
 */
export class RootedFiles {
  readonly #root: string;

  /** `root` as `realpath` gives it. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The path as seen from inside, absolute and without dots. */
  shown(path: string): string {
    return posix.join('/', path);
  }

  async open(path: string, bits: number): Promise<FileHandle> {
    const has = (bit: number) => (bits & bit) !== 0;
    let flags = has(openBits.write) ? constants.O_WRONLY : constants.O_RDONLY;
    if (has(openBits.write) && has(openBits.read)) flags = constants.O_RDWR;
    if (has(openBits.append)) flags |= constants.O_APPEND;
    if (has(openBits.create)) flags |= constants.O_CREAT;
    if (has(openBits.truncate)) flags |= constants.O_TRUNC;
    if (has(openBits.new)) flags |= constants.O_EXCL;
    return await open(await this.#inside(path), flags | constants.O_NOFOLLOW);
  }

  async list(path: string): Promise<NamedStats[]> {
    const folder = await this.#inside(path);
    const entries = await Promise.all(
      (await readdir(folder)).map(async (name) => ({ name, stats: await statOrGone(join(folder, name)) })),
    );
    return entries.filter((entry): entry is NamedStats => entry.stats !== undefined);
  }

  async stat(path: string): Promise<Stats> {
    return await stat(await this.#inside(path));
  }

  async lstat(path: string): Promise<Stats> {
    return await lstat(await this.#beside(path));
  }

  async change(path: string, { mode, size, atime, mtime }: Changes): Promise<void> {
    const real = await this.#inside(path);
    if (mode !== undefined) await chmod(real, mode & 0o7777);
    if (size !== undefined) await truncate(real, size);
    if (atime !== undefined && mtime !== undefined) await utimes(real, atime, mtime);
  }

  /** As version 3 of the protocol wants it: fails where the new name exists. */
  async rename(from: string, to: string): Promise<void> {
    const target = await this.#beside(to);
    if (await statOrGone(target)) throw systemError('EEXIST', to);
    await rename(await this.#beside(from), target);
  }

  async remove(path: string): Promise<void> {
    await unlink(await this.#beside(path));
  }

  async makeFolder(path: string): Promise<void> {
    await mkdir(await this.#beside(path));
  }

  async removeFolder(path: string): Promise<void> {
    await rmdir(await this.#beside(path));
  }

  /** The real path, links followed to the end. */
  async #inside(path: string): Promise<string> {
    const beside = await this.#beside(path);
    try {
      return this.#checked(await realpath(beside), path);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return beside;
      throw error;
    }
  }

  /** The real path of the folder that holds the last name, and that name as it is. */
  async #beside(path: string): Promise<string> {
    const full = join(this.#root, this.shown(path));
    if (full === this.#root || full === this.#root + sep) return this.#root;
    return join(this.#checked(await realpath(dirname(full)), path), basename(full));
  }

  #checked(real: string, path: string): string {
    if (real !== this.#root && !real.startsWith(this.#root + sep)) throw systemError('EACCES', path);
    return real;
  }
}

async function statOrGone(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch {
    return undefined;
  }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
