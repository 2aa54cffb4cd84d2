import { viewOf } from '../platform/view-of.ts';
import { decoded, type Encoding } from './decode.ts';
import { EncodingSense } from './encoding-sense.ts';
import { FoundRows } from './found-rows.ts';
import { carriageReturn, closingQuote, comma, lineFeed, nextMark, notClosed, quote } from './marks.ts';
import { type Cells, type Extent, longLine, maxRecordBytes, oddRecord } from './odd-record.ts';
import { isSound } from './soundness.ts';
import { type Places, rowHead, type TextBlock } from './text-block.ts';

/** One row as text. */
export interface CsvRecord extends Cells {
  /** The physical line on which it starts, from 1. */
  line: number;
}

/** Cells for which there is room from the start. */
const usualCells = 64;

/** V8 copies shorter parts of a text; a longer one would keep the whole row in memory for as long as itself. */
const minSliceChars = 13;

/** Of a text with a character for each byte: one that is no ASCII. */
const beyondAscii = /[\u0080-\u00ff]/;

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
  view = viewOf(this.bytes);
  /**
   * Cell `i` of a plain row is `bytes` from `places[cells + 2 * i]` to the place that stands after that one, without its
   * quotes; quotes in it are doubled.
   */
  places: Places = new Int32Array(2 * usualCells);
  cells = 0;
  /** How many cells the row has; 0 when it is not plain. */
  cellCount = 0;
  /** Where the row begins, and where the next one does, in {@link bytes}. */
  start = 0;
  at = 0;
  /** The physical line on which the row starts, from 1. */
  line = 0;
  encoding: Encoding;
  /** Whether no row of this piece holds a damaged character. */
  isSound = true;
  readonly #sense: EncodingSense;
  readonly #text = (bytes: Buffer) => decoded(bytes, this.encoding);
  /** Ours to write to, other than the bytes of a block. */
  #own: Buffer = this.bytes;
  #ownPlaces = this.places;
  #end = 0;
  #last = false;
  #nextLine = 1;
  #isSkipping = false;
  #odd: Cells | undefined;
  readonly #found = new FoundRows();

  constructor(encoding: 'auto' | Encoding = 'auto') {
    this.#sense = new EncodingSense(encoding);
    this.encoding = this.#sense.encoding;
  }

  /** Adds a piece, which is copied. `last` says that no more follows. @throws NotText */
  push(piece: Buffer, last = false): void {
    const ready = this.#sense.push(piece);
    this.#append(last ? Buffer.concat([ready, this.#sense.end()]) : ready);
    this.#last = last;
    this.encoding = this.#sense.encoding;
    const lines = last ? this.#end : this.#endOfLines();
    this.isSound = isSound(this.bytes.subarray(0, lines), this.encoding);
  }

  /** Adds a piece that was read in advance. It must stay as it is until the next is added. */
  add({ bytes, last, encoding, isSound, rows, rowsEnd }: TextBlock): void {
    this.#last = last;
    this.encoding = encoding;
    if (this.at < this.#end) {
      this.#append(bytes.subarray(0, -1));
      this.isSound &&= isSound;
      return;
    }
    this.isSound = isSound;
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.at = 0;
    this.#end = bytes.length - 1;
    bytes[this.#end] = lineFeed;
    this.#found.take(rows, rowsEnd);
  }

  /** Has the places of cells written there; where there is no room, they are written elsewhere. */
  placeCells(places: Places, cells: number): void {
    this.places = places;
    this.cells = cells;
  }

  /** The bytes before the next row, and one more. */
  passed(): Buffer {
    return this.bytes.subarray(0, this.at + 1);
  }

  /** Goes to the next row that is complete; false when there is none before the next piece. Empty lines are no rows. */
  next(): boolean {
    while (this.at < this.#end) {
      if (this.#isSkipping) {
        if (!this.#skipLine()) return false;
        continue;
      }
      if (this.#found.at < this.at) this.#found.seek(this.at);
      if (this.#found.at === this.at) return this.#takeFound();
      if (this.#passEmptyLine()) continue;
      const after = this.#scan(this.at);
      this.start = this.at;
      this.line = this.#nextLine;
      if (after === notPlain) return this.#nextOdd();
      this.#odd = undefined;
      this.at = after;
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

  /** Takes the row that is known to be here. */
  #takeFound(): true {
    const { rows, head } = this.#found;
    this.start = this.at;
    this.at = rows[head + 1] as number;
    this.cellCount = rows[head + 2] as number;
    this.places = rows;
    this.cells = head + rowHead;
    this.line = this.#nextLine;
    this.#nextLine += 1;
    this.#odd = undefined;
    this.#found.seek(this.at);
    return true;
  }

  /** Finds the cells of the row at `start` and the place after its line end, or {@link notPlain}. */
  #scan(start: number): number {
    if (this.places === this.#found.rows) this.placeCells(this.#ownPlaces, 0);
    const { bytes, places, cells } = this;
    let place = cells;
    let at = start;
    for (;;) {
      if (place + 1 >= places.length) return this.#widen(start);
      if (bytes[at] === quote) {
        places[place] = at + 1;
        at = closingQuote(bytes, at + 1);
        if (at === notClosed) return notPlain;
        places[place + 1] = at;
        at += 1;
      } else {
        places[place] = at;
        at = nextMark(bytes, at);
        places[place + 1] = at;
      }
      place += 2;
      const mark = bytes[at];
      if (mark === comma) {
        at += 1;
        continue;
      }
      if ((mark !== lineFeed && mark !== carriageReturn) || at - start > maxRecordBytes) return notPlain;
      const after = this.#afterLineEnd(at, this.#end);
      this.cellCount = after === notPlain ? 0 : (place - cells) >> 1;
      return after;
    }
  }

  /** Makes room for the cells of a row that has more than any before, and finds them. */
  #widen(start: number): number {
    if (this.places === this.#ownPlaces) this.#ownPlaces = new Int32Array(2 * this.places.length);
    this.placeCells(this.#ownPlaces, 0);
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
    const found = oddRecord(extent, this.at, this.width);
    if (found) {
      this.#odd = found.record;
      this.at = found.next;
      this.#nextLine += found.lines;
      return true;
    }
    if (this.#end - this.at - 1 <= maxRecordBytes) return false;
    this.#odd = longLine(extent, this.at);
    this.#isSkipping = true;
    return true;
  }

  /** Goes on after a line that was cut; false while its end has not come. */
  #skipLine(): boolean {
    const { bytes } = this;
    let at = this.at;
    while (bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at += 1;
    const after = this.#afterLineEnd(at, this.#end);
    this.at = after === notPlain ? Math.min(at, this.#end) : after;
    if (after === notPlain) return false;
    this.#isSkipping = false;
    this.#nextLine += 1;
    return true;
  }

  #passEmptyLine(): boolean {
    const byte = this.bytes[this.at];
    if (byte !== lineFeed && byte !== carriageReturn) return false;
    const after = this.#afterLineEnd(this.at, this.#end);
    if (after === notPlain) return false;
    this.at = after;
    this.#nextLine += 1;
    return true;
  }

  /** The row is made text at once, a character for each byte, and cut; only cells beyond ASCII are decoded alone. */
  #plainCells(): string[] {
    const { bytes, places, cells: firstPlace, cellCount } = this;
    const first = places[firstPlace] as number;
    const end = firstPlace + 2 * cellCount;
    const row = bytes.toString('latin1', first, places[end - 1]);
    const isAscii = !beyondAscii.test(row);
    const cells: string[] = [];
    for (let place = firstPlace; place < end; place += 2) {
      const from = places[place] as number;
      const to = places[place + 1] as number;
      const isLong = to - from >= minSliceChars;
      const cut = isLong ? bytes.toString('latin1', from, to) : row.slice(from - first, to - first);
      const text = isAscii || !beyondAscii.test(cut) ? cut : this.#text(bytes.subarray(from, to));
      const isDoubled = bytes[from - 1] === quote && text.includes('"');
      cells.push(isDoubled ? text.replaceAll('""', '"') : text);
    }
    return cells;
  }

  /** Behind what is left of the piece before, with a line feed after it at which every search ends. */
  #append(piece: Buffer): void {
    const rest = this.#end - this.at;
    const needed = rest + piece.length + 1;
    const before = this.bytes;
    if (needed > this.#own.length) this.#own = Buffer.allocUnsafeSlow(needed + maxRecordBytes);
    this.bytes = this.#own;
    this.view = viewOf(this.#own);
    before.copy(this.bytes, 0, this.at, this.#end);
    piece.copy(this.bytes, rest);
    this.at = 0;
    this.#end = rest + piece.length;
    this.bytes[this.#end] = lineFeed;
    this.#found.forget();
  }

  #endOfLines(): number {
    const bytes = this.bytes.subarray(0, this.#end);
    return Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn)) + 1;
  }
}

function isBlank(cell: string): boolean {
  return cell === '' || cell.trim() === '';
}
