import type { Encoding } from './decode.ts';
import { RecordReader } from './record-reader.ts';
import { type Places, rowHead, type TextBlock } from './text-block.ts';

/**
 * Bytes of a file in pieces of any size → blocks for another reader, in which its work is done in advance. A block ends
 * where a row does, so that the reader need not copy what is left. It is told nothing but what it would find itself.
 */
export class RowFinder {
  readonly #reader: RecordReader;

  constructor(encoding: 'auto' | Encoding) {
    this.#reader = new RecordReader(encoding);
  }

  /** The text that is complete with this piece; its rows go to `rows` while there is room. @throws NotText */
  find(piece: Buffer, last: boolean, rows: Places): TextBlock {
    const reader = this.#reader;
    reader.push(piece, last);
    const { encoding, isSound } = reader;
    let rowsEnd = 0;
    reader.placeCells(rows, rowHead);
    while (reader.next()) {
      const { cellCount } = reader;
      if (cellCount === 0 || reader.places !== rows) continue;
      rows[rowsEnd] = reader.start;
      rows[rowsEnd + 1] = reader.at;
      rows[rowsEnd + 2] = cellCount;
      rowsEnd += rowHead + 2 * cellCount;
      reader.placeCells(rows, rowsEnd + rowHead);
    }
    return { bytes: reader.passed(), last, encoding, isSound, rows, rowsEnd };
  }
}
