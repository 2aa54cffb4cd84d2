import { HashedFile } from '../platform/hashed-file.ts';
import { viewOf } from '../platform/view-of.ts';

/** Enough that writing it costs little beside filling it. */
const blockBytes = 256 * 1024;

/** Beyond a full block: what one row, or one row with a column per store, adds before anybody looks. */
const roomBytes = 32 * 1024;

/** A file written in blocks. It exists as soon as one is written. */
export class ByteOutput {
  readonly #path: string;
  /** What is being filled, up to `used`. */
  block = Buffer.allocUnsafeSlow(blockBytes + roomBytes);
  view = viewOf(this.block);
  used = 0;
  #file: HashedFile | undefined;

  constructor(path: string) {
    this.#path = path;
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
    this.view = viewOf(this.block);
  }

  /** Writes all there is. @throws system errors (ENOSPC …) as they are */
  flush(): void {
    if (this.used === 0) return;
    this.#file ??= new HashedFile(this.#path);
    this.#file.write(this.block.subarray(0, this.used));
    this.used = 0;
  }

  /** Writes the rest and makes it durable; undefined when nothing was ever written. */
  async finish(): Promise<{ bytes: number; sha256: string } | undefined> {
    this.flush();
    return this.#file?.finish();
  }

  async discard(): Promise<void> {
    await this.#file?.discard();
  }
}
