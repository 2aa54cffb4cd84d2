import { ScratchFile } from '../platform/scratch-file.ts';
import { viewOf } from '../platform/view-of.ts';

/** Codes are shared out by their hash; so many shares, each of which should fit into memory when its turn comes. */
const shareBits = 6;
const shareCount = 1 << shareBits;
const hashBits = 32;

/** Of a share, before it is written. */
const blockBytes = 16 * 1024;

// A row on the disk: its number (6 bytes), its store (4), the length of its code (1), its code. A length of 0 ends a block.
const storeAt = 6;
const lengthAt = 10;
const codeAt = 11;
const maxRowBytes = codeAt + 20;

/** What is done with a row: its number, its store, its product code in `bytes` from `start` to `end`. */
type TakeRow = (row: number, store: number, bytes: DataView, start: number, end: number) => void;

/** Rows that wait on the disk until there is room to compare them: the hash partitions of a join or aggregation. */
export class SpilledRows {
  readonly #file: ScratchFile;
  #blocksWritten = 0;
  readonly #filling = Buffer.allocUnsafeSlow(shareCount * blockBytes);
  readonly #used = new Int32Array(shareCount);
  /** Per share the blocks that hold it. */
  #shares: number[][] = newShares();
  /** How often the rows that are added were shared out before. */
  #depth = 0;

  /** On the disk of `folder`. */
  constructor(folder: string) {
    this.#file = new ScratchFile(folder);
  }

  /** Adds a row; a product code has 1 to 20 bytes. @throws system errors (ENOSPC …) as they are */
  add(row: number, store: number, bytes: DataView, start: number, end: number): void {
    const share = shareOf(bytes, start, end, this.#depth);
    if ((this.#used[share] as number) + maxRowBytes + codeAt > blockBytes) this.#write(share);
    const filling = this.#filling;
    const at = share * blockBytes + (this.#used[share] as number);
    filling.writeUIntLE(row, at, storeAt);
    filling.writeUInt32LE(store, at + storeAt);
    filling[at + lengthAt] = end - start;
    for (let from = start; from < end; from += 1) filling[at + codeAt + from - start] = bytes.getUint8(from);
    this.#used[share] = (this.#used[share] as number) + codeAt + end - start;
  }

  /**
   * Gives all rows back, share by share; all rows of a code are in one share, in the order in which they were added.
   * `begin` is called before each share. Rows that `take` adds again are shared out anew and follow.
   */
  drain(begin: () => void, take: TakeRow): void {
    const depth = this.#depth;
    const block = Buffer.allocUnsafeSlow(blockBytes);
    const shares = this.#takeShares();
    const blocksWritten = this.#blocksWritten;
    for (const numbers of shares) {
      begin();
      this.#depth = depth + 1;
      for (const number of numbers) {
        this.#file.read(block, number * blockBytes);
        takeRows(block, take);
      }
      this.drain(begin, take);
      this.#blocksWritten = blocksWritten; // the room of what was shared out anew is free again
    }
    this.#depth = depth;
  }

  close(): void {
    this.#file.close();
  }

  /** The shares that hold rows; new ones are begun. */
  #takeShares(): number[][] {
    for (let share = 0; share < shareCount; share += 1) if (this.#used[share] !== 0) this.#write(share);
    const shares = this.#shares.filter((numbers) => numbers.length > 0);
    if (shares.length > 0) this.#shares = newShares();
    return shares;
  }

  #write(share: number): void {
    const start = share * blockBytes;
    this.#filling[start + (this.#used[share] as number) + lengthAt] = 0;
    this.#file.write(this.#filling.subarray(start, start + blockBytes), this.#blocksWritten * blockBytes);
    this.#shares[share]?.push(this.#blocksWritten);
    this.#blocksWritten += 1;
    this.#used[share] = 0;
  }
}

function takeRows(block: Buffer, take: TakeRow): void {
  const bytes = viewOf(block);
  for (let at = 0; block[at + lengthAt] !== 0; ) {
    const code = at + codeAt;
    const end = code + (block[at + lengthAt] as number);
    take(block.readUIntLE(at, storeAt), block.readUInt32LE(at + storeAt), bytes, code, end);
    at = end;
  }
}

function newShares(): number[][] {
  return Array.from({ length: shareCount }, () => []);
}

/** By other bits of the hash each time, so that what is in one share is shared out again. */
function shareOf(bytes: DataView, start: number, end: number, depth: number): number {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes.getUint8(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> ((depth * shareBits) % (hashBits - shareBits))) & (shareCount - 1);
}
