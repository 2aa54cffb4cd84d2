import { constants } from 'node:fs';
import { posix } from 'node:path';
import type { SftpPlace } from '../config/configuration.ts';
import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/problem.ts';
import { deliveryProblem, type Stage } from './delivery-problem.ts';
import { type RemoteEntry, type RemoteFolder, requestBytes } from './remote-folder.ts';
import { SftpConnection } from './sftp-connection.ts';

const nothing = Buffer.alloc(0);
const noSuchFile = 2;
const unsupportedStatus = 8;

/** @throws Problem `delivery-unreachable`, `delivery-host-key`, `delivery-login` */
export async function openSftpFolder(
  place: SftpPlace,
  clock: Clock,
  signal: AbortSignal,
): Promise<RemoteFolder> {
  const address = sftpAddress(place);
  return new SftpFolder(place, address, await SftpConnection.open(place, address, clock, signal));
}

function sftpAddress({ username, host, port, directory }: SftpPlace): string {
  return `sftp://${username}@${host}:${port}${posix.join('/', directory)}`;
}

class SftpFolder implements RemoteFolder {
  readonly address: string;
  readonly directory: string;
  readonly temporaryDirectory: string;
  readonly readBackBytes: number;
  readonly requestBytes: number;
  readonly #connection: SftpConnection;
  readonly #window: number;

  constructor(place: SftpPlace, address: string, connection: SftpConnection) {
    this.address = address;
    this.directory = place.directory;
    this.temporaryDirectory = place.temporaryDirectory ?? place.directory;
    this.readBackBytes = place.readBackMegabytes * 1024 * 1024;
    this.requestBytes = Math.min(place.requestKilobytes * 1024, connection.largestWrite ?? requestBytes);
    this.#window = place.writeWindow;
    this.#connection = connection;
  }

  async list(directory: string): Promise<RemoteEntry[]> {
    const entries = await this.#told('look', () =>
      this.#connection.request<{ filename: string; attrs: Attributes }[]>((sftp, answer) =>
        sftp.readdir(directory, answer),
      ),
    );
    return entries.map(({ filename, attrs }) => ({
      name: filename,
      kind: kindOf(attrs.mode),
      bytes: attrs.size,
      modifiedAt: attrs.mtime * 1000,
    }));
  }

  async size(path: string): Promise<number | undefined> {
    return await this.#told('look', async () => {
      try {
        const { size } = await this.#connection.request<Attributes>((sftp, answer) =>
          sftp.stat(path, answer),
        );
        return size;
      } catch (error) {
        if (hasStatus(error, noSuchFile)) return undefined;
        throw error;
      }
    });
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const handle = await this.#told('read', () => this.#open(path, 'r'));
    const window: Promise<Buffer>[] = [];
    try {
      for (let position = 0; ; position += requestBytes) {
        window.push(heard(this.#readFully(handle, position)));
        if (window.length < this.#window) continue;
        const chunk = await this.#told('read', async () => window.shift() ?? nothing);
        if (chunk.length > 0) yield chunk;
        if (chunk.length < requestBytes) return;
      }
    } finally {
      await Promise.allSettled(window);
      await this.#close(handle).catch(() => {});
    }
  }

  async write(path: string, content: AsyncIterable<Uint8Array>, onWritten: (bytes: number) => void) {
    const handle = await this.#told('write', () => this.#open(path, 'w'));
    const window: Promise<void>[] = [];
    let sent = 0;
    let written = 0;
    try {
      for await (const chunk of content) {
        if (window.length >= this.#window) await this.#told('write', async () => window.shift());
        const writing = this.#writeAt(handle, chunk, sent).then(() => {
          written += chunk.length;
          onWritten(written);
        });
        window.push(heard(writing));
        sent += chunk.length;
      }
      await this.#told('write', () => Promise.all(window));
      await this.#told('write', () => this.#flush(handle));
    } catch (error) {
      await Promise.allSettled(window);
      await this.#close(handle).catch(() => {});
      throw error;
    }
    // Some servers report a full disk only now.
    await this.#told('write', () => this.#close(handle));
  }

  /**
   * posix-rename@openssh.com is one step on the server. The plain rename of OpenSSH is two (link, unlink): if
   * the server dies in between, the file is there under both names.
   */
  async rename(from: string, to: string): Promise<void> {
    await this.#told('rename', async () => {
      const offered = await whereOffered(() =>
        this.#connection.request((sftp, answer) => sftp.ext_openssh_rename(from, to, answer)),
      );
      if (!offered) await this.#connection.request((sftp, answer) => sftp.rename(from, to, answer));
    });
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#told('rename', () => this.#connection.request((sftp, answer) => sftp.mkdir(path, answer)));
  }

  async remove(path: string): Promise<void> {
    await this.#told('remove', async () => {
      try {
        await this.#connection.request((sftp, answer) => sftp.unlink(path, answer));
      } catch (error) {
        if (!hasStatus(error, noSuchFile)) throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #open(path: string, flags: 'r' | 'w'): Promise<Buffer> {
    return this.#connection.request((sftp, answer) => sftp.open(path, flags, answer));
  }

  #close(handle: Buffer): Promise<void> {
    return this.#connection.request((sftp, answer) => sftp.close(handle, answer));
  }

  #writeAt(handle: Buffer, chunk: Uint8Array, position: number): Promise<void> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return this.#connection.request((sftp, answer) =>
      sftp.write(handle, bytes, 0, bytes.length, position, (error) => answer(error)),
    );
  }

  /** A server may answer with less than asked for; the next chunk must still start where it should. */
  async #readFully(handle: Buffer, position: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(requestBytes);
    for (let have = 0; have < bytes.length; ) {
      const got = await this.#connection.request<number>((sftp, answer) =>
        sftp.read(handle, bytes, have, bytes.length - have, position + have, answer),
      );
      if (got === 0) return bytes.subarray(0, have);
      have += got;
    }
    return bytes;
  }

  async #flush(handle: Buffer): Promise<void> {
    await whereOffered(() =>
      this.#connection.request((sftp, answer) => sftp.ext_openssh_fsync(handle, answer)),
    );
  }

  async #told<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw deliveryProblem(error, this.address, stage);
    }
  }
}

interface Attributes {
  mode: number;
  size: number;
  mtime: number;
}

function kindOf(mode: number): RemoteEntry['kind'] {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'directory';
    default:
      return 'other';
  }
}

/** Whether the server has the extension that `request` uses. ssh2 keeps the list to itself, so it is tried. */
async function whereOffered(request: () => Promise<void>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (hasStatus(error, unsupportedStatus) || /not support this extended request/.test(messageOf(error))) {
      return false;
    }
    throw error;
  }
}

/** A promise that is awaited later, in its turn: its rejection is not "unhandled" until then. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function hasStatus(error: unknown, status: number): boolean {
  return (error as { code?: unknown } | null)?.code === status;
}
