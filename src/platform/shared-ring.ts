// Threads hand bytes to each other through slots of shared memory: the writer fills a slot and posts it, the reader
// works on it in place and frees it. A message for each would cost more than what is done with it.

/** Numbers that go with the bytes of a slot. */
const headNumbers = 8;

const posted = 0;
const freed = 1;

/** What both sides see. Plain data: it goes to a thread. */
export interface RingMemory {
  /** How many slots were posted, and how many are free again. */
  counts: Int32Array<SharedArrayBuffer>;
  heads: Float64Array<SharedArrayBuffer>;
  bytes: SharedArrayBuffer;
  slotBytes: number;
}

export function ringMemory(slots: number, slotBytes: number): RingMemory {
  return {
    counts: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
    heads: new Float64Array(new SharedArrayBuffer(slots * headNumbers * Float64Array.BYTES_PER_ELEMENT)),
    bytes: new SharedArrayBuffer(slots * slotBytes),
    slotBytes,
  };
}

export interface RingSlot {
  /** Where its bytes begin in {@link RingMemory.bytes}. */
  start: number;
  head: Float64Array;
}

/** One side of a ring: the one thread that writes, or the one that reads. */
export class SharedRing {
  readonly memory: RingMemory;
  readonly #slots: RingSlot[];
  readonly #other: Doorbell;

  /** `other`: rung when the other side may go on. */
  constructor(memory: RingMemory, other: Doorbell) {
    const { heads, slotBytes } = memory;
    this.memory = memory;
    this.#other = other;
    this.#slots = Array.from({ length: heads.length / headNumbers }, (_, index) => ({
      start: index * slotBytes,
      head: heads.subarray(index * headNumbers, (index + 1) * headNumbers),
    }));
  }

  /** How many slots are posted and not free again. */
  get waiting(): number {
    const { counts } = this.memory;
    return Atomics.load(counts, posted) - Atomics.load(counts, freed);
  }

  get isFull(): boolean {
    return this.waiting === this.#slots.length;
  }

  /** For the writer, when the ring is not full: the slot to fill next. */
  get empty(): RingSlot {
    return this.#slot(posted, 0);
  }

  post(): void {
    Atomics.add(this.memory.counts, posted, 1);
    this.#other.ring();
  }

  /** For the reader, when so many more are waiting: the oldest that is not free, or one after it. */
  filled(after = 0): RingSlot {
    return this.#slot(freed, after);
  }

  /** Gives the oldest back. */
  free(): void {
    Atomics.add(this.memory.counts, freed, 1);
    this.#other.ring();
  }

  #slot(count: typeof posted | typeof freed, after: number): RingSlot {
    const index = (Atomics.load(this.memory.counts, count) + after) % this.#slots.length;
    return this.#slots[index] as RingSlot;
  }
}

/** Where a thread sleeps until another has done something that it may be waiting for. */
export class Doorbell {
  readonly #rings: Int32Array<SharedArrayBuffer>;

  constructor(rings = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))) {
    this.#rings = rings;
  }

  /** For another thread. */
  get memory(): Int32Array<SharedArrayBuffer> {
    return this.#rings;
  }

  ring(): void {
    Atomics.add(this.#rings, 0, 1);
    Atomics.notify(this.#rings, 0);
  }

  /** Blocks the thread until `isReady`, which is asked again at each ring. */
  waitUntil(isReady: () => boolean): void {
    for (;;) {
      const rings = Atomics.load(this.#rings, 0);
      if (isReady()) return;
      Atomics.wait(this.#rings, 0, rings);
    }
  }
}
