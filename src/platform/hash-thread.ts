import { Worker } from 'node:worker_threads';
import type { ContentHash } from './content-hash.ts';
import { threadEnvironment } from './thread-environment.ts';

// Pieces go to the thread through a ring of slots in shared memory: the caller fills slot `posted`, the thread hashes
// slot `done`, and each sleeps until the other has come further. A message per piece would cost more than hashing it.

export const slotBytes = 256 * 1024;

/** Enough for what comes while the thread starts. */
const slotCount = 16;

/** Lengths that are none: after the last piece of a content, and of all. */
export const endOfContent = -1;
export const endOfAll = -2;

/** The thread makes no garbage to speak of. */
const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 };

/** What both sides see. */
export interface HashRing {
  /** How many slots were filled, and how many are hashed. */
  counts: Int32Array<SharedArrayBuffer>;
  /** Per slot the number of its content, and how many bytes it holds or {@link endOfContent}. */
  contents: Int32Array<SharedArrayBuffer>;
  lengths: Int32Array<SharedArrayBuffer>;
  bytes: Uint8Array<SharedArrayBuffer>;
}

export const posted = 0;
export const done = 1;

/** What the thread says at the end of a content. */
export interface HashMessage {
  content: number;
  sha256: string;
}

/** Hashes any number of contents at once, in a thread of its own, which ends with {@link HashThread.close}. */
export class HashThread {
  readonly #ring: HashRing = {
    counts: sharedIntegers(2),
    contents: sharedIntegers(slotCount),
    lengths: sharedIntegers(slotCount),
    bytes: new Uint8Array(new SharedArrayBuffer(slotCount * slotBytes)),
  };
  readonly #worker: Worker;
  readonly #failed: Promise<never>;
  readonly #waiting = new Map<number, (sha256: string) => void>();
  #contents = 0;
  #hasEnded = false;

  constructor() {
    this.#worker = new Worker(new URL('./hash-worker.ts', import.meta.url), {
      workerData: this.#ring,
      env: threadEnvironment(),
      resourceLimits,
    });
    this.#worker.on('message', ({ content, sha256 }: HashMessage) => this.#waiting.get(content)?.(sha256));
    this.#failed = new Promise((_, reject) => {
      this.#worker.on('error', reject);
      this.#worker.on('exit', () => {
        this.#hasEnded = true;
        reject(new Error('the hashing thread ended'));
      });
    });
    this.#failed.catch(() => {}); // it is heard where something is waited for
  }

  newHash(): ContentHash {
    const content = this.#contents;
    this.#contents += 1;
    return {
      update: (piece) => this.#update(content, piece),
      digest: () => this.#digest(content),
    };
  }

  /** Ends the thread, by itself, so that it can leave what it compiled in the cache. */
  async close(): Promise<void> {
    while (this.#isFull && !this.#hasEnded) await this.#turn().catch(() => {});
    this.#post(0, endOfAll);
    await this.#failed.catch(() => {});
  }

  async #update(content: number, piece: Buffer): Promise<void> {
    for (let at = 0; at < piece.length; at += slotBytes) {
      while (this.#isFull) await this.#turn();
      this.#post(content, piece.subarray(at, at + slotBytes));
    }
  }

  async #digest(content: number): Promise<string> {
    const said = new Promise<string>((resolve) => this.#waiting.set(content, resolve));
    while (this.#isFull) await this.#turn();
    this.#post(content, endOfContent);
    return Promise.race([said, this.#failed]);
  }

  /** Fills the next slot, which must be free: between looking and filling nobody else may have a turn. */
  #post(content: number, part: Buffer | typeof endOfContent | typeof endOfAll): void {
    const { counts, contents, lengths, bytes } = this.#ring;
    const slot = Atomics.load(counts, posted) % slotCount;
    if (typeof part !== 'number') bytes.set(part, slot * slotBytes);
    contents[slot] = content;
    lengths[slot] = typeof part === 'number' ? part : part.length;
    Atomics.add(counts, posted, 1);
    Atomics.notify(counts, posted);
  }

  get #isFull(): boolean {
    const { counts } = this.#ring;
    return Atomics.load(counts, posted) - Atomics.load(counts, done) === slotCount;
  }

  /** Waits until a slot is free that was not. */
  async #turn(): Promise<void> {
    const { counts } = this.#ring;
    const turn = Atomics.waitAsync(counts, done, Atomics.load(counts, posted) - slotCount);
    if (turn.async) await Promise.race([turn.value, this.#failed]);
  }
}

function sharedIntegers(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}
