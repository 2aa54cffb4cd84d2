import type { MessagePort } from 'node:worker_threads';
import type { Places, TextBlock } from '../csv/text-block.ts';
import { Doorbell, type RingMemory, type RingSlot, ringMemory } from '../platform/shared-ring.ts';
import type { FoundContent, ReadingRequest } from './content-reading.ts';
import type { RefusalReason } from './conversion.ts';
import type { ConversionFailure } from './conversion-problem.ts';

// The thread that reads gives blocks of text to the one that converts, and a message at the end.

/** Enough that neither waits for the other when one of them is slow for a moment. */
const blockSlots = 3;

/** Text of a slot; what a piece of a file comes to with what was left of the piece before, and more. */
export const textBytes = 512 * 1024;
/** Rows found in it. Where rows are so short that they find no room, they are left to be found. */
const rowBytes = 512 * 1024;

/** What both threads see. */
export interface ReadingMemory {
  blocks: RingMemory;
  /** What the thread that converts wants of the other: {@link order}. */
  order: Int32Array<SharedArrayBuffer>;
  /** Rung when the thread that reads, or the one that converts, may go on. */
  readerBell: Int32Array<SharedArrayBuffer>;
  converterBell: Int32Array<SharedArrayBuffer>;
}

/** What the thread that reads is given; the other gets memory and its own port. */
export interface ReadingWork {
  request: ReadingRequest;
  memory: ReadingMemory;
  port: MessagePort;
}

/** Said before the end of the blocks is posted. */
export type ReadingMessage =
  | { is: 'read'; found: FoundContent }
  | {
      is: 'failed';
      refusal: { reason: RefusalReason; message: string } | undefined;
      failure: ConversionFailure;
    };

export function readingMemory(): ReadingMemory {
  return {
    blocks: ringMemory(blockSlots, textBytes + rowBytes),
    order: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    readerBell: new Doorbell().memory,
    converterBell: new Doorbell().memory,
  };
}

/** How far the file is read, with a block. */
export interface ReadSoFar {
  readBytes: number;
  total: number;
}

/** Where the rows of a block in this slot belong. */
export function rowsOf(memory: RingMemory, slot: RingSlot): Places {
  return new Int32Array(memory.bytes, slot.start + textBytes, rowBytes / Int32Array.BYTES_PER_ELEMENT);
}

/** Puts a block, whose rows are there already and whose text must fit, into a slot. */
export function writeBlock(memory: RingMemory, slot: RingSlot, block: TextBlock, soFar: ReadSoFar): void {
  const { bytes, last, encoding, isSound, rowsEnd } = block;
  new Uint8Array(memory.bytes, slot.start, textBytes).set(bytes);
  const flags = [last, isSound, encoding === 'cp932'].map(Number);
  slot.head.set([bytes.length, rowsEnd, soFar.readBytes, soFar.total, ...flags]);
}

export function readBlock(memory: RingMemory, slot: RingSlot): TextBlock & ReadSoFar {
  const [length = 0, rowsEnd = 0, readBytes = 0, total = 0, last, isSound, isCp932] = slot.head;
  return {
    bytes: Buffer.from(memory.bytes, slot.start, length),
    last: last === 1,
    isSound: isSound === 1,
    encoding: isCp932 === 1 ? 'cp932' : 'utf-8',
    rows: rowsOf(memory, slot),
    rowsEnd,
    readBytes,
    total,
  };
}

/** Instead of a block: there is no more, and a message says why. */
export function writeEnd(slot: RingSlot): void {
  slot.head[0] = 0;
}

export function isEnd(slot: RingSlot): boolean {
  return slot.head[0] === 0;
}

/** Read the file, once more, or end. */
export const order = { read: 0, wait: 1, end: 2 } as const;
