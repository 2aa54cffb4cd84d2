import { decoded, type Encoding } from './decode.ts';
import { EncodingSense } from './encoding-sense.ts';
import { type Cells, type Extent, longLine, maxRecordBytes, oddRecord } from './odd-record.ts';
import { isSound } from './soundness.ts';

/** One row as text. */
export interface CsvRecord extends Cells {
  /** The physical line on which it starts, from 1. */
  line: number;
}

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;
const comma = 44;

/** No byte above it means anything to the format: one comparison passes letters, digits and all that is not ASCII. */
const highestMark = comma;

/** Cells for which there is room from the start. */
const usualCells = 64;

/** What {@link RecordReader} finds at a place that is no flawless row of one line, or not a complete one. */
const notPlain = -1;

/**
 * Bytes of a file in pieces of any size → its rows, with bounded memory.
 *
 * A flawless row of one line is given as the places of its cells in {@link bytes}; nothing of it is decoded, copied or
 * allotted. That is safe in UTF-8 and CP932 alike: quotes, commas and line ends never are a part of another
 * character. All other records (several lines, stray quotes, too long) are read as text by {@link oddRecord}.
 */
export class RecordReader {
  /** Cells in a row, as soon as the header is known: set while reading, it counts from the next record on. */
  width: number | undefined;
  /** What the cells' places refer to, until the next piece. */
  bytes: Buffer = Buffer.allocUnsafeSlow(0);
  /** Cell `i` of a plain row is `bytes` from `starts[i]` to `ends[i]`, without its quotes; quotes in it are doubled. */
  starts = new Int32Array(usualCells);
  ends = new Int32Array(usualCells);
  /** How many cells the row has; 0 when it is not plain. */
  cellCount = 0;
  /** The physical line on which the row starts, from 1. */
  line = 0;
  /** Whether no row of this piece holds a damaged character. */
  isSound = true;
  readonly #sense: EncodingSense;
  readonly #text = (bytes: Buffer) => decoded(bytes, this.#sense.encoding);
  #at = 0;
  #end = 0;
  #last = false;
  #nextLine = 1;
  #isSkipping = false;
  #odd: Cells | undefined;

  constructor(encoding: 'auto' | Encoding = 'auto') {
    this.#sense = new EncodingSense(encoding);
  }

  get encoding(): Encoding {
    return this.#sense.encoding;
  }

  /** Adds a piece, which is copied. `last` says that no more follows. @throws NotText */
  push(piece: Buffer, last = false): void {
    const ready = this.#sense.push(piece);
    this.#append(last ? Buffer.concat([ready, this.#sense.end()]) : ready);
    this.#last = last;
    const lines = last ? this.#end : this.#endOfLines();
    this.isSound = isSound(this.bytes.subarray(0, lines), this.encoding);
  }

  /** Goes to the next row that is complete; false when there is none before the next piece. Empty lines are no rows. */
  next(): boolean {
    while (this.#at < this.#end) {
      if (this.#isSkipping) {
        if (!this.#skipLine()) return false;
        continue;
      }
      if (this.#passEmptyLine()) continue;
      const after = this.#scan(this.#at);
      this.line = this.#nextLine;
      if (after === notPlain) return this.#nextOdd();
      this.#odd = undefined;
      this.#at = after;
      this.#nextLine += 1;
      return true;
    }
    return false;
  }

  /** The row as text; undefined when nothing stands in it, which is what spreadsheets leave of an empty line. */
  record(): CsvRecord | undefined {
    const { cells, fault } = this.#odd ?? { cells: this.#plainCells() };
    if (fault) return { line: this.line, cells, fault };
    return cells.every(isBlank) ? undefined : { line: this.line, cells };
  }

  /** The rows that are complete with this piece, as text. */
  *read(piece: Buffer, last = false): Generator<CsvRecord, void, undefined> {
    this.push(piece, last);
    while (this.next()) {
      const record = this.record();
      if (record) yield record;
    }
  }

  /** Finds the cells of the row at `start` and the place after its line end, or {@link notPlain}. */
  #scan(start: number): number {
    const { bytes, starts, ends } = this;
    let count = 0;
    let at = start;
    for (;;) {
      if (count === starts.length) return this.#widen(start);
      if (bytes[at] === quote) {
        starts[count] = at + 1;
        at = closingQuote(bytes, at + 1);
        if (at === notPlain) return notPlain;
        ends[count] = at;
        at += 1;
      } else {
        starts[count] = at;
        at = nextMark(bytes, at);
        ends[count] = at;
      }
      count += 1;
      const mark = bytes[at];
      if (mark === comma) {
        at += 1;
        continue;
      }
      if ((mark !== lineFeed && mark !== carriageReturn) || at - start > maxRecordBytes) return notPlain;
      const after = this.#afterLineEnd(at, this.#end);
      this.cellCount = after === notPlain ? 0 : count;
      return after;
    }
  }

  /** Makes room for the cells of a row that has more than any before, and finds them. */
  #widen(start: number): number {
    this.starts = new Int32Array(2 * this.starts.length);
    this.ends = new Int32Array(2 * this.ends.length);
    return this.#scan(start);
  }

  /** The place after the line end at `at`; a line feed stands after the last byte, so that searches end there. */
  #afterLineEnd(at: number, end: number): number {
    if (at >= end) return this.#last ? end : notPlain;
    if (this.bytes[at] === lineFeed) return at + 1;
    if (at + 1 === end) return this.#last ? end : notPlain;
    return this.bytes[at + 1] === lineFeed ? at + 2 : at + 1;
  }

  #nextOdd(): boolean {
    this.cellCount = 0;
    const extent: Extent = { bytes: this.bytes, end: this.#end, last: this.#last, text: this.#text };
    const found = oddRecord(extent, this.#at, this.width);
    if (found) {
      this.#odd = found.record;
      this.#at = found.next;
      this.#nextLine += found.lines;
      return true;
    }
    if (this.#end - this.#at - 1 <= maxRecordBytes) return false;
    this.#odd = longLine(extent, this.#at);
    this.#isSkipping = true;
    return true;
  }

  /** Goes on after a line that was cut; false while its end has not come. */
  #skipLine(): boolean {
    const { bytes } = this;
    let at = this.#at;
    while (bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at += 1;
    const after = this.#afterLineEnd(at, this.#end);
    this.#at = after === notPlain ? Math.min(at, this.#end) : after;
    if (after === notPlain) return false;
    this.#isSkipping = false;
    this.#nextLine += 1;
    return true;
  }

  #passEmptyLine(): boolean {
    const byte = this.bytes[this.#at];
    if (byte !== lineFeed && byte !== carriageReturn) return false;
    const after = this.#afterLineEnd(this.#at, this.#end);
    if (after === notPlain) return false;
    this.#at = after;
    this.#nextLine += 1;
    return true;
  }

  #plainCells(): string[] {
    return Array.from({ length: this.cellCount }, (_, index) => {
      const start = this.starts[index] as number;
      const text = this.#text(this.bytes.subarray(start, this.ends[index]));
      return this.bytes[start - 1] === quote && text.includes('"') ? text.replaceAll('""', '"') : text;
    });
  }

  /** Behind what is left of the piece before, with a line feed after it at which every search ends. */
  #append(piece: Buffer): void {
    const rest = this.#end - this.#at;
    const needed = rest + piece.length + 1;
    const before = this.bytes;
    if (needed > before.length) this.bytes = Buffer.allocUnsafeSlow(needed + maxRecordBytes);
    before.copy(this.bytes, 0, this.#at, this.#end);
    piece.copy(this.bytes, rest);
    this.#at = 0;
    this.#end = rest + piece.length;
    this.bytes[this.#end] = lineFeed;
  }

  #endOfLines(): number {
    const bytes = this.bytes.subarray(0, this.#end);
    return Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn)) + 1;
  }
}

/** The next comma, line end or quote. */
function nextMark(bytes: Buffer, start: number): number {
  for (let at = start; ; at += 1) {
    const byte = bytes[at] as number;
    if (byte > highestMark) continue;
    if (byte === comma || byte === lineFeed || byte === carriageReturn || byte === quote) return at;
  }
}

/** Where the quoted cell that begins at `at` closes, if it does in its line. */
function closingQuote(bytes: Buffer, start: number): number {
  for (let at = start; ; ) {
    const byte = bytes[at] as number;
    at += 1;
    if (byte > quote) continue;
    if (byte === lineFeed || byte === carriageReturn) return notPlain;
    if (byte !== quote) continue;
    if (bytes[at] !== quote) return at - 1;
    at += 1;
  }
}

function isBlank(cell: string): boolean {
  return cell === '' || cell.trim() === '';
}
