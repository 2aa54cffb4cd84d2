import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { RemoteEntry, RemoteFolder } from '../../src/delivery/remote-folder.ts';

/** The folder that the OMS's job reads: names and contents, without time. */
export class IncomingFolder implements RemoteFolder {
  readonly address = 'sftp://oms.example/incoming';
  readonly directory = '/incoming';
  readonly temporaryDirectory = '/incoming';
  readonly readBackBytes = 1_000;
  readonly requestBytes = 31 * 1024;
  readonly #files = new Map<string, Buffer>();
  /** Called when a file gets its name. */
  onPublished: (name: string) => void = () => {};

  /** The files that the OMS can see, in the order in which its job reads them. */
  get names(): string[] {
    return [...this.#files.keys()]
      .map((path) => posix.basename(path))
      .filter((name) => name.endsWith('.csv'))
      .sort();
  }

  put(path: string, content: Buffer): void {
    this.#files.set(path, content);
  }

  take(name: string): void {
    this.#files.delete(posix.join(this.directory, name));
  }

  async list(): Promise<RemoteEntry[]> {
    return [...this.#files].map(([path, { length: bytes }]) => ({
      name: posix.basename(path),
      kind: 'file',
      bytes,
      modifiedAt: 0,
    }));
  }

  async size(path: string): Promise<number | undefined> {
    return this.#files.get(path)?.length;
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const content = this.#files.get(path);
    if (content) yield content;
  }

  async write(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    this.put(path, Buffer.concat(pieces));
  }

  async rename(from: string, to: string): Promise<void> {
    const content = this.#files.get(from);
    if (!content) throw new Error(`no such file: ${from}`);
    this.#files.delete(from);
    this.#files.set(to, content);
    this.onPublished(posix.basename(to));
  }

  async makeDirectory(): Promise<void> {}

  async remove(path: string): Promise<void> {
    this.#files.delete(path);
  }

  async close(): Promise<void> {}
}

export function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
