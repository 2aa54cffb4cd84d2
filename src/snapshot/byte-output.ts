import type { ContentHash } from '../platform/content-hash.ts';
import { OutputFile } from '../platform/output-file.ts';

/** Enough that writing it costs little beside filling it. */
const blockBytes = 256 * 1024;

/** Beyond a full block: what one row, or one row with a column per store, adds before anybody looks. */
const roomBytes = 32 * 1024;

/** A file written in blocks: one is filled while the one before is written. It exists as soon as one is written. */
export class ByteOutput {
  readonly #path: string;
  readonly #hash: ContentHash;
  /** What is being filled, up to `used`. */
  block = Buffer.allocUnsafeSlow(blockBytes + roomBytes);
  #spare = Buffer.allocUnsafeSlow(blockBytes + roomBytes);
  used = 0;
  #file: OutputFile | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, hash: ContentHash) {
    this.#path = path;
    this.#hash = hash;
  }

  get isFull(): boolean {
    return this.used >= blockBytes;
  }

  /** Adds bytes. */
  put(bytes: Buffer): void {
    this.makeRoom(bytes.length);
    this.used += bytes.copy(this.block, this.used);
  }

  /** Makes sure that `bytes` more bytes can be written into the block, from `used` on. */
  makeRoom(bytes: number): void {
    const { block, used } = this;
    if (used + bytes <= block.length) return;
    this.block = Buffer.allocUnsafeSlow(2 * block.length + bytes);
    block.copy(this.block, 0, 0, used);
  }

  /** Has the block written and makes room for the next. @throws what writing the block before threw */
  async turn(): Promise<void> {
    await this.#writing;
    if (this.used === 0) return;
    this.#file ??= await OutputFile.create(this.#path, this.#hash);
    this.#writing = this.#file.write(this.block.subarray(0, this.used));
    this.#writing.catch(() => {}); // it is heard when it is waited for
    [this.block, this.#spare] = [this.#spare, this.block];
    this.used = 0;
  }

  /** Writes all there is. */
  async flush(): Promise<void> {
    await this.turn();
    await this.#writing;
  }

  /** Writes the rest and makes it durable; undefined when nothing was ever written. */
  async finish(): Promise<{ bytes: number; sha256: string } | undefined> {
    await this.flush();
    return this.#file?.finish();
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#file?.discard();
  }
}
