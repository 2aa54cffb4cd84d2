import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderPlace } from '../config/configuration.ts';
import { durableRename } from '../platform/durable-file.ts';
import { systemCode } from '../platform/problem.ts';
import { deliveryProblem, type Stage } from './delivery-problem.ts';
import { type RemoteEntry, type RemoteFolder, requestBytes } from './remote-folder.ts';

/** A directory of this machine or mounted on it. What is written is on its disk when the promise resolves. */
export function openLocalFolder(place: FolderPlace): RemoteFolder {
  return new LocalFolder(place);
}

/** Reading back proves nothing about the disk where the page cache answers, but a mounted one may lie. */
const readBackBytes = 64 * 1024 * 1024;

class LocalFolder implements RemoteFolder {
  readonly address: string;
  readonly directory: string;
  readonly temporaryDirectory: string;
  readonly readBackBytes = readBackBytes;
  readonly requestBytes = requestBytes;

  constructor({ directory, temporaryDirectory }: FolderPlace) {
    this.address = directory;
    this.directory = directory;
    this.temporaryDirectory = temporaryDirectory ?? directory;
  }

  async list(directory: string): Promise<RemoteEntry[]> {
    const names = await this.#told('look', () => readdir(directory));
    const entries = await Promise.all(names.map((name) => this.#entry(directory, name)));
    return entries.filter((entry) => entry !== undefined);
  }

  async size(path: string): Promise<number | undefined> {
    return (await this.#statOf(path))?.size;
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of createReadStream(path)) yield chunk;
    } catch (error) {
      throw deliveryProblem(error, this.address, 'read');
    }
  }

  async write(path: string, content: AsyncIterable<Uint8Array>, onWritten: (bytes: number) => void) {
    const handle = await this.#told('write', () => open(path, 'w'));
    try {
      let written = 0;
      for await (const chunk of content) {
        await this.#told('write', () => handle.writeFile(chunk));
        written += chunk.length;
        onWritten(written);
      }
      await this.#told('write', () => handle.sync());
    } finally {
      await handle.close();
    }
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#told('rename', () => durableRename(from, to));
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#told('rename', () => mkdir(path));
  }

  async remove(path: string): Promise<void> {
    await this.#told('remove', () => rm(path, { force: true }));
  }

  async close(): Promise<void> {}

  async #entry(directory: string, name: string): Promise<RemoteEntry | undefined> {
    const found = await this.#statOf(join(directory, name));
    if (!found) return undefined; // gone since it was listed, or a link to nothing
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    return { name, kind, bytes: found.size, modifiedAt: found.mtimeMs };
  }

  #statOf(path: string) {
    return this.#told('look', async () => {
      try {
        return await stat(path);
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  async #told<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw deliveryProblem(error, this.address, stage);
    }
  }
}
