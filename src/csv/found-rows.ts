import { type Places, rowHead } from './text-block.ts';

const noRows = new Int32Array(0);

/** After every place. */
const nowhere = 0x3fffffff;

/** The rows that a block says are there, one after the other. */
export class FoundRows {
  rows: Places = noRows;
  /** Where the next one is told of in `rows`, and where it begins in the text. */
  head = 0;
  at = nowhere;
  #end = 0;

  /** Takes those of a block. */
  take(rows: Places, rowsEnd: number): void {
    this.rows = rows;
    this.head = 0;
    this.#end = rowsEnd;
    this.seek(0);
  }

  /** Knows of none any more. */
  forget(): void {
    this.#end = 0;
    this.at = nowhere;
  }

  /** Goes to the first that does not begin before `at`: one that lies within another row is none. */
  seek(at: number): void {
    const { rows } = this;
    let head = this.head;
    while (head < this.#end && (rows[head] as number) < at) {
      head += rowHead + 2 * (rows[head + 2] as number);
    }
    this.head = head;
    this.at = head < this.#end ? (rows[head] as number) : nowhere;
  }
}
