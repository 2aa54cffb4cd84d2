/** Codes lie in units of two 32-bit words; a code of up to 14 digits, which almost all are, needs one unit. */
const wordsPerUnit = 2;

/** Units are allotted in pieces of 512 KiB, so that growing never copies them. */
const unitsPerPiece = 1 << 16;

/** A length byte and 20 characters, in whole units. */
const maxWords = 6;

/** Marks the length byte of a code that is all digits, two of which share a byte. */
const digitsFlag = 0x80;

const firstSlots = 1 << 12;

/** Above this share of used slots, looking up slows down and the table is doubled. */
const maxLoad = 0.8;

/**
 * Gives each code (printable ASCII, 1 to 20 characters) a number of its own; the numbers are small and nearly
 * without gaps. Three million product codes take 40 MB, where a Map takes several hundred.
 */
export class CodeIndex {
  /** Per slot the number of a code + 1, or 0: an open-addressing hash table. */
  #slots = new Int32Array(firstSlots);
  #count = 0;
  /** The codes themselves; a code's number is the unit at which it begins. */
  readonly #pieces: Int32Array[] = [];
  #nextUnit = 0;
  /** The code being looked up, packed. */
  readonly #packed = new Int32Array(maxWords);

  numberOf(code: string): number {
    if (this.#count >= this.#slots.length * maxLoad) this.#grow();
    const words = pack(code, this.#packed);
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(this.#packed, 0, words) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) {
        const number = this.#store(words);
        this.#slots[slot] = number + 1;
        return number;
      }
      if (this.#isAt(entry - 1, words)) return entry - 1;
    }
  }

  #store(words: number): number {
    const units = words / wordsPerUnit;
    const left = unitsPerPiece - (this.#nextUnit % unitsPerPiece);
    if (left < units) this.#nextUnit += left;
    const number = this.#nextUnit;
    this.#pieceOf(number).set(this.#packed.subarray(0, words), (number % unitsPerPiece) * wordsPerUnit);
    this.#nextUnit += units;
    this.#count += 1;
    return number;
  }

  /** The first word tells the length, so that comparing never runs into the next code. */
  #isAt(number: number, words: number): boolean {
    const piece = this.#pieceOf(number);
    const start = (number % unitsPerPiece) * wordsPerUnit;
    for (let index = 0; index < words; index += 1) {
      if (piece[start + index] !== this.#packed[index]) return false;
    }
    return true;
  }

  #pieceOf(unit: number): Int32Array {
    const index = Math.floor(unit / unitsPerPiece);
    const piece = this.#pieces[index] ?? new Int32Array(unitsPerPiece * wordsPerUnit);
    this.#pieces[index] = piece;
    return piece;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let unit = 0; unit < this.#nextUnit; ) {
      const piece = this.#pieceOf(unit);
      const start = (unit % unitsPerPiece) * wordsPerUnit;
      const words = packedWords(piece[start] ?? 0);
      if (words > 0) {
        let slot = hashOf(piece, start, words) & mask;
        while (slots[slot] !== 0) slot = (slot + 1) & mask;
        slots[slot] = unit + 1;
      }
      unit += Math.max(1, words / wordsPerUnit); // a unit without words was left over at the end of a piece
    }
    this.#slots = slots;
  }
}

/** Packs `code` into words, a length byte first, and returns how many words it takes (whole units). */
function pack(code: string, words: Int32Array): number {
  words.fill(0);
  const digits = /^\d+$/.test(code);
  words[0] = digits ? code.length | digitsFlag : code.length;
  for (let index = 0; index < code.length; index += 1) {
    const character = code.charCodeAt(index);
    const bit = digits ? 8 + 4 * index : 8 + 8 * index;
    const value = digits ? character - 48 : character;
    words[bit >> 5] = (words[bit >> 5] ?? 0) | (value << (bit & 31));
  }
  return packedWords(words[0] ?? 0);
}

function packedWords(firstWord: number): number {
  const length = firstWord & (digitsFlag - 1);
  const bits = 8 + length * (firstWord & digitsFlag ? 4 : 8);
  return length === 0 ? 0 : Math.ceil(bits / (32 * wordsPerUnit)) * wordsPerUnit;
}

/** Codes of one maker differ in few digits, so that every bit must reach every other. */
function hashOf(words: Int32Array, start: number, count: number): number {
  let hash = 0;
  for (let index = start; index < start + count; index += 1) {
    hash = Math.imul(hash ^ (words[index] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
