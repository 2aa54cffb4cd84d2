/** Codes are kept in pieces of this size, so that growing never copies them. */
const arenaBytes = 1024 * 1024;
const offsetsPerPiece = 64 * 1024;

const firstSlots = 1 << 12;

/** Above this share of used slots, looking up slows down and the table is doubled. */
const maxLoad = 0.8;

/**
 * Numbers codes (printable ASCII, at most 20 characters) in the order of their first appearance: 0, 1, 2 … Three
 * million of them take 70 MB, where a Map takes several hundred.
 */
export class CodeIndex {
  /** Per slot the number of a code + 1, or 0: an open-addressing hash table. */
  #slots = new Int32Array(firstSlots);
  readonly #arena: Uint8Array[] = [];
  #arenaEnd = 0;
  /** Per code where it lies in the arena: a byte for its length, then its characters. */
  readonly #offsets: Int32Array[] = [];
  #count = 0;

  /** The number of `code`; a new one if it is new. */
  numberOf(code: string): number {
    if (this.#count >= this.#slots.length * maxLoad) this.#grow();
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(code) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) {
        const number = this.#store(code);
        this.#slots[slot] = number + 1;
        return number;
      }
      if (this.#equals(entry - 1, code)) return entry - 1;
    }
  }

  #store(code: string): number {
    const room = arenaBytes - (this.#arenaEnd % arenaBytes);
    if (room < code.length + 1) this.#arenaEnd += room;
    const offset = this.#arenaEnd;
    const piece = this.#pieceAt(offset);
    let at = offset % arenaBytes;
    piece[at] = code.length;
    for (let index = 0; index < code.length; index += 1) {
      at += 1;
      piece[at] = code.charCodeAt(index);
    }
    this.#arenaEnd += code.length + 1;
    return this.#remember(offset);
  }

  #remember(offset: number): number {
    const number = this.#count;
    const index = Math.floor(number / offsetsPerPiece);
    const offsets = this.#offsets[index] ?? new Int32Array(offsetsPerPiece);
    this.#offsets[index] = offsets;
    offsets[number % offsetsPerPiece] = offset;
    this.#count += 1;
    return number;
  }

  #pieceAt(offset: number): Uint8Array {
    const index = Math.floor(offset / arenaBytes);
    const piece = this.#arena[index] ?? new Uint8Array(arenaBytes);
    this.#arena[index] = piece;
    return piece;
  }

  #offsetOf(number: number): number {
    return this.#offsets[Math.floor(number / offsetsPerPiece)]?.[number % offsetsPerPiece] ?? 0;
  }

  #equals(number: number, code: string): boolean {
    const offset = this.#offsetOf(number);
    const piece = this.#pieceAt(offset);
    let at = offset % arenaBytes;
    if (piece[at] !== code.length) return false;
    for (let index = 0; index < code.length; index += 1) {
      at += 1;
      if (piece[at] !== code.charCodeAt(index)) return false;
    }
    return true;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#count; number += 1) {
      let slot = this.#hashOfNumber(number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }

  #hashOfNumber(number: number): number {
    const offset = this.#offsetOf(number);
    const piece = this.#pieceAt(offset);
    const start = (offset % arenaBytes) + 1;
    const length = piece[start - 1] ?? 0;
    let hash = basis;
    for (let at = start; at < start + length; at += 1) hash = mixed(hash, piece[at] ?? 0);
    return spread(hash);
  }
}

// FNV-1a, with a final mix, because codes of one maker differ in few digits at their end.

const basis = 0x811c9dc5;

function hashOf(code: string): number {
  let hash = basis;
  for (let index = 0; index < code.length; index += 1) hash = mixed(hash, code.charCodeAt(index));
  return spread(hash);
}

function mixed(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

function spread(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (once ^ (once >>> 13)) >>> 0;
}
