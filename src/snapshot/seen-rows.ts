import { CodeIndex, noRoom } from './code-index.ts';
import { RowMarks } from './row-marks.ts';
import { SpilledRows } from './spilled-rows.ts';

const pieceShift = 16;
const bitsPerPiece = 1 << pieceShift;

/** What may be remembered in memory. Measured: it keeps a conversion of any size below 140 MB. */
const usualMaxBytes = 8 * 1024 * 1024;

/** A unit of a code, and its slots of the hash table, of which just after growing two in five are used. */
const bytesPerUnit = 8 + 10;

/** The longest code takes so many: less room would hold none. */
const leastUnits = 3;

/**
 * Recognises exactly which (store, product) pairs of a file are repeats, in bounded memory.
 *
 * Product codes are remembered while there is room, with a bit for each of their stores; pairs of other codes are taken
 * for new and go to the disk. {@link SeenRows.settle} looks for repeats among those; if there are any, all rows must
 * be added once more, and are then answered rightly at once. This is hybrid hash aggregation, with the answers kept in
 * the order of the rows.
 */
export class SeenRows {
  readonly #folder: string;
  readonly #maxUnits: number;
  readonly #codes: CodeIndex;
  readonly #perStore: Uint8Array[][] = [];
  #spilled: SpilledRows | undefined;
  #firstSpilled = 0;
  /** The repeats from the first spilled row on; complete when it is settled. */
  readonly #repeats: RowMarks;
  #isSettled = false;

  /** `stores`: how many there are. What finds no room in `maxBytes` goes to the disk of `folder`. */
  constructor(folder: string, stores: number, maxBytes = usualMaxBytes) {
    this.#folder = folder;
    this.#repeats = new RowMarks(folder);
    this.#maxUnits = Math.max(leastUnits, Math.floor(maxBytes / (bytesPerUnit + stores / 8)));
    this.#codes = new CodeIndex(this.#maxUnits);
  }

  /**
   * Whether the pair is new; it is remembered. `row`: the pair's number in the file, growing. `store`: its index. The
   * product code is `bytes` from `start` to `end`: printable ASCII, 1 to 20 characters.
   *
   * @throws system errors (ENOSPC …) as they are
   */
  add(row: number, store: number, bytes: DataView, start: number, end: number): boolean {
    if (this.#isSettled && row >= this.#firstSpilled) return !this.#repeats.has(row);
    const number = this.#codes.numberOf(bytes, start, end);
    if (number === noRoom) return this.#spill(row, store, bytes, start, end);
    const bits = this.#perStore[store]?.[number >> pieceShift] ?? this.#newBits(store, number >> pieceShift);
    const at = (number & (bitsPerPiece - 1)) >> 3;
    const bit = 1 << (number & 7);
    const before = bits[at] as number;
    bits[at] = before | bit;
    const isNew = (before & bit) === 0;
    if (!isNew && this.#spilled) this.#repeats.add(row);
    return isNew;
  }

  /** After the last row: whether a repeat was taken for new, so that all rows must be added once more. */
  settle(): boolean {
    if (!this.#spilled || this.#isSettled) return false;
    let wasMistaken = false;
    this.#spilled.drain(
      () => this.#clear(),
      (row, store, bytes, start, end) => {
        if (!this.add(row, store, bytes, start, end)) wasMistaken = true;
      },
    );
    this.#clear();
    this.#isSettled = true;
    return wasMistaken;
  }

  close(): void {
    this.#spilled?.close();
    this.#repeats.close();
  }

  #spill(row: number, store: number, bytes: DataView, start: number, end: number): true {
    if (!this.#spilled) {
      this.#spilled = new SpilledRows(this.#folder);
      this.#firstSpilled = row;
    }
    this.#spilled.add(row, store, bytes, start, end);
    return true;
  }

  #clear(): void {
    this.#codes.clear();
    for (const pieces of this.#perStore) for (const bits of pieces ?? []) bits?.fill(0);
  }

  #newBits(store: number, piece: number): Uint8Array {
    const bits = new Uint8Array(Math.ceil(Math.min(bitsPerPiece, this.#maxUnits - piece * bitsPerPiece) / 8));
    const pieces = this.#perStore[store] ?? [];
    pieces[piece] = bits;
    this.#perStore[store] = pieces;
    return bits;
  }
}
