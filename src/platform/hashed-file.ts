import { createHash } from 'node:crypto';
import { closeSync, fdatasync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** So much is flushed meanwhile, so that little is left for the end. */
const flushedBytes = 8 * 1024 * 1024;

/**
 * A file written piece by piece, hashed on the way. It is durable only after {@link HashedFile.finish}. It is written while
 * the thread waits: for threads with nothing else to do.
 */
export class HashedFile {
  readonly #path: string;
  readonly #file: number;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #flushedAt = 0;
  #flushing: Promise<void> = Promise.resolve();
  #isOpen = true;

  /** Starts a new file; one that is there is replaced. @throws system errors (EACCES …) as they are */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w');
  }

  /** @throws system errors (ENOSPC …) as they are */
  write(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    writeFileSync(this.#file, bytes); // all of them, from where the file ends
    if (this.#bytes - this.#flushedAt >= flushedBytes) this.#flush();
  }

  /** Flushes the content to the disk (its name is the caller's to make durable) and closes. Bytes and SHA-256 in hex. */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    await this.#flushing;
    fsyncSync(this.#file);
    this.#close();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Closes and removes it. */
  async discard(): Promise<void> {
    await this.#flushing.catch(() => {});
    this.#close();
    rmSync(this.#path, { force: true });
  }

  #flush(): void {
    this.#flushedAt = this.#bytes;
    const flushing = Promise.all([this.#flushing, promisify(fdatasync)(this.#file)]).then(() => {});
    flushing.catch(() => {}); // it is heard when it is waited for
    this.#flushing = flushing;
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
  }
}
