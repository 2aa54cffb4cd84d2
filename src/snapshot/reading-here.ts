import { createHash } from 'node:crypto';
import type { RecordReader } from '../csv/record-reader.ts';
import { type Unpacked, unpack } from '../platform/unpack.ts';
import type { ContentReading, FoundContent, ReadingRequest } from './content-reading.ts';
import { asRefusal } from './refusal.ts';

const nothing = Buffer.alloc(0);

/** Reads in the caller's thread. */
export class ReadingHere implements ContentReading {
  readonly #request: ReadingRequest;
  #unpacked: Unpacked | undefined;
  #pieces: AsyncIterator<Buffer> | undefined;
  #hash = createHash('sha256');
  found: FoundContent | undefined;

  constructor(request: ReadingRequest) {
    this.#request = request;
  }

  get readBytes(): number {
    return this.#unpacked?.readBytes() ?? 0;
  }

  get total(): number {
    return this.#unpacked?.total ?? 0;
  }

  async begin(): Promise<void> {
    const { input, inputName, maxUnpackedBytes } = this.#request;
    this.#unpacked = await unpack(input, inputName, maxUnpackedBytes).catch(refuse);
    this.#pieces = this.#unpacked.content[Symbol.asyncIterator]();
    this.#hash = createHash('sha256');
    this.found = undefined;
  }

  async feed(reader: RecordReader): Promise<boolean> {
    if (!this.#pieces || !this.#unpacked || this.found) return false;
    try {
      const { value: piece, done } = await this.#pieces.next();
      reader.push(done ? nothing : piece, done);
      if (done) this.found = { plain: this.#unpacked.plain, sha256: this.#hash.digest('hex') };
      else this.#hash.update(piece);
      return true;
    } catch (error) {
      return refuse(error);
    }
  }

  async close(): Promise<void> {
    await this.#pieces?.return?.();
  }
}

function refuse(error: unknown): never {
  throw asRefusal(error) ?? error;
}
