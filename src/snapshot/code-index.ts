/** Codes lie in units of two 32-bit words; a code of up to 14 digits, which almost all are, needs one unit. */
const wordsPerUnit = 2;
const unitShift = 6;
const bitsPerUnit = 1 << unitShift;

/** Units are allotted in pieces of 512 KiB, so that growing never copies them. */
const pieceShift = 16;
const unitsPerPiece = 1 << pieceShift;

/** A length byte and 20 characters, in whole units. */
const maxWords = 6;

/** Marks the length byte of a code that is all digits, two of which share a byte. */
const digitsFlag = 0x80;

const firstSlots = 1 << 12;

/** A slot holds a code's number + 1, and above it bits of the code's hash, so that few others are compared. */
const numberBits = 20;
const numberMask = (1 << numberBits) - 1;

/** Above this share of used slots, looking up slows down and the table is doubled. */
const maxLoad = 0.8;

/** Said instead of a number: the code is not known, and there is no room for it. */
export const noRoom = -1;

/**
 * Gives each code (printable ASCII, 1 to 20 characters) a number of its own; the numbers are small and nearly
 * without gaps. Three hundred thousand product codes take 5 MB, where a Set takes 40.
 */
export class CodeIndex {
  /** Per slot the number of a code with bits of its hash, or 0: an open-addressing hash table. */
  #slots = new Int32Array(firstSlots);
  #count = 0;
  readonly #maxUnits: number;
  /** The codes themselves; a code's number is the unit at which it begins. */
  readonly #pieces: Int32Array[] = [];
  #nextUnit = 0;
  /** The code being looked up, packed. */
  readonly #packed = new Int32Array(maxWords);
  /** The number that was given last, and the one after it. */
  #last = 0;
  #following = 0;

  /**
   * Numbers stay below `maxUnits`, at most a million: a code of up to 14 digits takes one, others two or three. Fewer than
   * three may hold none.
   */
  constructor(maxUnits: number) {
    this.#maxUnits = Math.min(maxUnits, numberMask);
  }

  /**
   * The number of the code that is `bytes` from `start` to `end`. Files list the same products store by store, or
   * the stores product by product: the code that came first after the last one, and the last one itself, are tried
   * before the table. {@link noRoom} for a code that is not known once there is no room: then always so.
   */
  numberOf(bytes: DataView, start: number, end: number): number {
    const words = pack(bytes, start, end, this.#packed);
    if (this.#isAt(this.#following, words)) this.#last = this.#following;
    else if (!this.#isAt(this.#last, words)) {
      const number = this.#find(words);
      if (number === noRoom) return noRoom;
      this.#last = number;
    }
    this.#following = this.#last + words / wordsPerUnit;
    return this.#last;
  }

  /** Forgets all codes; the memory is kept for others. */
  clear(): void {
    this.#slots.fill(0);
    for (const piece of this.#pieces) piece.fill(0);
    this.#count = 0;
    this.#nextUnit = 0;
    this.#last = 0;
    this.#following = 0;
  }

  #find(words: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashOf(this.#packed, 0, words);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) return this.#store(slot, hash, words);
      if ((entry ^ hash) >>> numberBits === 0 && this.#isAt((entry & numberMask) - 1, words)) {
        return (entry & numberMask) - 1;
      }
    }
  }

  #store(slot: number, hash: number, words: number): number {
    const units = words / wordsPerUnit;
    const left = unitsPerPiece - (this.#nextUnit & (unitsPerPiece - 1));
    const number = left < units ? this.#nextUnit + left : this.#nextUnit;
    if (number + units > this.#maxUnits) return noRoom;
    this.#pieceOf(number).set(this.#packed.subarray(0, words), (number & (unitsPerPiece - 1)) * wordsPerUnit);
    this.#nextUnit = number + units;
    this.#slots[slot] = entryOf(hash, number);
    this.#count += 1;
    if (this.#count >= this.#slots.length * maxLoad) this.#grow();
    return number;
  }

  /** The first word tells the length, so that comparing never runs into the next code. */
  #isAt(number: number, words: number): boolean {
    const piece = this.#pieces[number >> pieceShift];
    if (!piece) return false;
    const packed = this.#packed;
    const start = (number & (unitsPerPiece - 1)) * wordsPerUnit;
    for (let index = 0; index < words; index += 1) {
      if (piece[start + index] !== packed[index]) return false;
    }
    return true;
  }

  #pieceOf(unit: number): Int32Array {
    const index = unit >> pieceShift;
    const piece = this.#pieces[index] ?? new Int32Array(unitsPerPiece * wordsPerUnit);
    this.#pieces[index] = piece;
    return piece;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let unit = 0; unit < this.#nextUnit; ) {
      const piece = this.#pieceOf(unit);
      const start = (unit & (unitsPerPiece - 1)) * wordsPerUnit;
      const first = piece[start] as number;
      const words = packedWords((first & digitsFlag) !== 0, first & (digitsFlag - 1));
      if (words > 0) {
        const hash = hashOf(piece, start, words);
        let slot = hash & mask;
        while (slots[slot] !== 0) slot = (slot + 1) & mask;
        slots[slot] = entryOf(hash, unit);
      }
      unit += Math.max(1, words / wordsPerUnit); // a unit without words was left over at the end of a piece
    }
    this.#slots = slots;
  }
}

/** Whether all bytes from `start` to `end` are digits: four at a time, then those that are left. */
export function areDigits(bytes: DataView, start: number, end: number): boolean {
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four = bytes.getInt32(at, true);
    // 0x30 to 0x39: the high half is 3, and adding 6 leaves it so.
    if ((four & 0xf0f0f0f0) !== 0x30303030 || ((four + 0x06060606) & 0xf0f0f0f0) !== 0x30303030) return false;
  }
  for (; at < end; at += 1) {
    const byte = bytes.getUint8(at);
    if (byte < 48 || byte > 57) return false;
  }
  return true;
}

/** Packs a code into words, a length byte first, and returns how many words it takes (whole units). */
function pack(bytes: DataView, start: number, end: number, words: Int32Array): number {
  const digits = areDigits(bytes, start, end);
  const index = digits ? packDigits(bytes, start, end, words) : packBytes(bytes, start, end, words);
  const count = packedWords(digits, end - start);
  for (let rest = index; rest < count; rest += 1) words[rest] = 0;
  return count;
}

/** Four bits a digit, four digits at a time. */
function packDigits(bytes: DataView, start: number, end: number, words: Int32Array): number {
  let word = (end - start) | digitsFlag;
  let index = 0;
  let bit = 8;
  for (let at = start; at < end; at += 4) {
    const four = at + 4 <= end ? fourDigits(bytes.getInt32(at, true)) : lastDigits(bytes, at, end);
    word |= four << bit;
    bit += 16;
    if (bit < 32) continue;
    words[index] = word;
    index += 1;
    bit -= 32;
    word = bit === 0 ? 0 : four >>> (16 - bit);
  }
  words[index] = word;
  return index + 1;
}

/** The digits of four bytes in 16 bits, the first one lowest. */
function fourDigits(four: number): number {
  const pairs = (four & 0x000f000f) | ((four & 0x0f000f00) >>> 4);
  return (pairs & 0xff) | (pairs >>> 8);
}

function lastDigits(bytes: DataView, start: number, end: number): number {
  let digits = 0;
  for (let at = start; at < end; at += 1) digits |= (bytes.getUint8(at) & 0xf) << (4 * (at - start));
  return digits;
}

function packBytes(bytes: DataView, start: number, end: number, words: Int32Array): number {
  let word = end - start;
  let index = 0;
  let bit = 8;
  for (let at = start; at < end; at += 1) {
    word |= bytes.getUint8(at) << bit;
    bit += 8;
    if (bit < 32) continue;
    words[index] = word;
    index += 1;
    word = 0;
    bit = 0;
  }
  words[index] = word;
  return index + 1;
}

function packedWords(digits: boolean, length: number): number {
  const bits = 8 + length * (digits ? 4 : 8);
  return length === 0 ? 0 : ((bits + bitsPerUnit - 1) >> unitShift) * wordsPerUnit;
}

/** Codes of one maker differ in few digits, so that every bit must reach every other. */
function hashOf(words: Int32Array, start: number, count: number): number {
  let hash = 0;
  for (let index = start; index < start + count; index += 1) {
    hash = Math.imul(hash ^ (words[index] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function entryOf(hash: number, number: number): number {
  return (hash & ~numberMask) | (number + 1);
}
