import { CodeIndex } from './code-index.ts';

const pieceShift = 16;
const bitsPerPiece = 1 << pieceShift;

/** Remembers exactly which (store, product) pairs a file has had, in a bit each beside the product codes. */
export class SeenRows {
  readonly #codes = new CodeIndex();
  readonly #perStore: Uint8Array[][] = [];

  /**
   * Whether the pair is new; it is remembered. `store`: a small number. The product code is `bytes` from `start` to
   * `end`: printable ASCII, 1 to 20 characters.
   */
  add(store: number, bytes: Uint8Array, start: number, end: number): boolean {
    const number = this.#codes.numberOf(bytes, start, end);
    const bits = this.#perStore[store]?.[number >> pieceShift] ?? this.#newBits(store, number >> pieceShift);
    const at = (number & (bitsPerPiece - 1)) >> 3;
    const bit = 1 << (number & 7);
    const before = bits[at] as number;
    bits[at] = before | bit;
    return (before & bit) === 0;
  }

  #newBits(store: number, piece: number): Uint8Array {
    const bits = new Uint8Array(bitsPerPiece / 8);
    const pieces = this.#perStore[store] ?? [];
    pieces[piece] = bits;
    this.#perStore[store] = pieces;
    return bits;
  }
}
