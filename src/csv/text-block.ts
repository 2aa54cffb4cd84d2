import type { Encoding } from './decode.ts';

/** A part of a text, and what somebody found out about it who read it before. */
export interface TextBlock {
  /** The part, and one byte more, which its reader may change. */
  bytes: Buffer;
  /** No part of the text follows. */
  last: boolean;
  encoding: Encoding;
  /** Whether no line of the part holds a damaged character. */
  isSound: boolean;
  /**
   * Plain rows in the order of the part, as far as they were found: for each where it begins, the place after its line
   * end, and how many cells it has; then for each cell its start and its end, without its quotes.
   */
  rows: Places;
  /** Where the last of them ends in `rows`. */
  rowsEnd: number;
}

export type Places = Int32Array<ArrayBufferLike>;

/** What stands before the cells of a row in {@link TextBlock.rows}. */
export const rowHead = 3;
