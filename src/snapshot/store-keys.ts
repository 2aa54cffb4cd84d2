const none = -1;

/** Finds stores by the bytes of their id or code. */
export class StoreKeys {
  readonly #keys: Buffer[];
  /** An open-addressing hash table of indexes, at most half full. */
  readonly #slots: Int32Array;

  /** `keys`: per store its key in printable ASCII; one that is empty or holds anything else is not found here. */
  constructor(keys: string[]) {
    this.#keys = keys.map((key) => Buffer.from(key));
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * keys.length + 2))).fill(none);
    this.#keys.forEach((key, index) => {
      if (/^[!-~]+$/.test(keys[index] ?? '')) this.#slots[this.#slotOf(key, 0, key.length)] = index;
    });
  }

  /** The index of the store whose key is `bytes` from `start` to `end`, or -1. */
  find(bytes: Buffer, start: number, end: number): number {
    return this.#slots[this.#slotOf(bytes, start, end)] as number;
  }

  /** Where the key is, or where it would be. */
  #slotOf(bytes: Buffer, start: number, end: number): number {
    let hash = end - start;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    const mask = this.#slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot] as number;
      if (index === none || isSame(this.#keys[index] as Buffer, bytes, start, end)) return slot;
    }
  }
}

function isSame(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let index = 0; index < key.length; index += 1) {
    if (key[index] !== bytes[start + index]) return false;
  }
  return true;
}
