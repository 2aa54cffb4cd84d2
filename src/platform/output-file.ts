import { type FileHandle, open, rm } from 'node:fs/promises';
import { type ContentHash, contentHash } from './content-hash.ts';

/** A file written piece by piece, hashed on the way. It is durable only after {@link OutputFile.finish}. */
export class OutputFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #hash: ContentHash;
  #bytes = 0;

  private constructor(path: string, handle: FileHandle, hash: ContentHash) {
    this.#path = path;
    this.#handle = handle;
    this.#hash = hash;
  }

  /** Starts a new file; one that is there is replaced. */
  static async create(path: string, hash = contentHash()): Promise<OutputFile> {
    return new OutputFile(path, await open(path, 'w'), hash);
  }

  /** The bytes are the caller's again when it resolves. */
  async write(content: string | Buffer): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#handle.appendFile(bytes);
  }

  /** Flushes the content to the disk (its name is the caller's to make durable) and closes. Bytes and SHA-256 in hex. */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    await this.#handle.sync();
    await this.#handle.close();
    return { bytes: this.#bytes, sha256: await this.#hash.digest() };
  }

  /** Closes and removes it. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#path, { force: true });
  }
}
