import { CodeIndex } from './code-index.ts';

const bitsPerPiece = 64 * 1024;

/** Remembers exactly which (store, product) pairs a file has had, in a bit each beside the product codes. */
export class SeenRows {
  readonly #codes = new CodeIndex();
  readonly #perStore = new Map<string, Uint8Array[]>();

  /** Whether the pair is new; it is remembered. `productCode`: printable ASCII, at most 20 characters. */
  add(storeId: string, productCode: string): boolean {
    const number = this.#codes.numberOf(productCode);
    const bits = this.#bitsOf(storeId, Math.floor(number / bitsPerPiece));
    const at = (number % bitsPerPiece) >> 3;
    const bit = 1 << (number & 7);
    const before = bits[at] ?? 0;
    bits[at] = before | bit;
    return (before & bit) === 0;
  }

  #bitsOf(storeId: string, piece: number): Uint8Array {
    let pieces = this.#perStore.get(storeId);
    if (!pieces) {
      pieces = [];
      this.#perStore.set(storeId, pieces);
    }
    const bits = pieces[piece] ?? new Uint8Array(bitsPerPiece / 8);
    pieces[piece] = bits;
    return bits;
  }
}
