import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { RecordReader } from '../csv/record-reader.ts';
import { Doorbell, SharedRing } from '../platform/shared-ring.ts';
import type { ContentReading, FoundContent } from './content-reading.ts';
import { isEnd, order, type ReadingMemory, type ReadingMessage, readBlock } from './reading-memory.ts';
import { Refusal } from './refusal.ts';

/**
 * Has another thread (reading-worker.ts) read, hash and look for rows, which it has begun already. Whoever started that
 * thread must end this one when that one fails: it is waited for without end.
 */
export class ReadingThread implements ContentReading {
  readonly #memory: ReadingMemory;
  readonly #port: MessagePort;
  readonly #bell: Doorbell;
  readonly #reader: Doorbell;
  readonly #blocks: SharedRing;
  #isBegun = false;
  /** Slots whose text is in use: none or one. */
  #held = 0;
  found: FoundContent | undefined;
  readBytes = 0;
  total = 0;

  constructor(memory: ReadingMemory, port: MessagePort) {
    this.#memory = memory;
    this.#port = port;
    this.#bell = new Doorbell(memory.converterBell);
    this.#reader = new Doorbell(memory.readerBell);
    this.#blocks = new SharedRing(memory.blocks, this.#reader);
  }

  begin(): void {
    if (this.#isBegun) this.#order(order.read);
    this.#isBegun = true;
    this.found = undefined;
  }

  feed(reader: RecordReader): boolean {
    this.#bell.waitUntil(() => this.#blocks.waiting > this.#held);
    const slot = this.#blocks.filled(this.#held);
    if (isEnd(slot)) {
      this.#release(this.#held + 1);
      this.#hear();
      return false;
    }
    const block = readBlock(this.#blocks.memory, slot);
    reader.add(block);
    this.readBytes = block.readBytes;
    this.total = block.total;
    this.#release(this.#held);
    this.#held = 1;
    return true;
  }

  close(): void {
    this.#order(order.end);
  }

  #order(what: number): void {
    Atomics.store(this.#memory.order, 0, what);
    this.#reader.ring();
  }

  #release(slots: number): void {
    for (let slot = 0; slot < slots; slot += 1) this.#blocks.free();
    this.#held = 0;
  }

  /** @throws what ended the reading, if it is not the end of the file */
  #hear(): void {
    const message: ReadingMessage = receiveMessageOnPort(this.#port)?.message;
    if (message.is === 'read') this.found = message.found;
    else if (message.refusal) throw new Refusal(message.refusal.reason, message.refusal.message);
    else throw Object.assign(new Error(), message.failure);
  }
}
