import { type PhysicalLines, physicalLines } from './physical-lines.ts';
import { cellsOf, hasWidth, roughCells } from './record-cells.ts';

/** One row as it stands in the file. */
export interface CsvRecord {
  /** The physical line on which it starts, from 1. */
  line: number;
  cells: string[];
  /** Why the cells are only what could be made of the line. */
  fault?: 'bad-quote' | 'column-count';
}

/** A quoted cell with more line ends than this is taken for a quote that was never closed. */
const maxRecordLines = 50;

/** The same for its length; a longer single line is cut, so that a file without line ends needs no memory. */
const maxRecordChars = 64 * 1024;

/** Of a line that is too long, enough for a person to recognise it. */
const keptOfLongLine = 200;

/**
 * Text in pieces of any size → records, with bounded memory.
 *
 * A quote that stands where it may not costs its own row and no other: a record of several physical lines is
 * believed only when its quoting is flawless, it has the width of the header and none of its lines looks like a
 * row of its own. Otherwise its first line alone is faulty, and reading goes on at the second.
 */
export class RecordReader {
  /** Cells in a row, as soon as the header is known: set while iterating, it counts from the next record on. */
  width: number | undefined;
  #rest = '';
  /** The physical line at which `#rest` begins. */
  #line = 1;
  #skipping = false;

  /** The records that are complete with this piece. `last` says that no more follows. Empty lines are no records. */
  *read(piece: string, last = false): Generator<CsvRecord, void, undefined> {
    const text = this.#rest + piece;
    const lines = physicalLines(text, last);
    const count = lines.ends.length;
    let index = 0;
    while (index < count) {
      const length = this.#skipping ? 1 : this.#recordLines(text, lines, index, last);
      if (length === 'incomplete') break;
      const record = this.#record(text, lines, index, length);
      if (record) yield record;
      index += length === 'broken' ? 1 : length;
    }
    this.#line += index;
    this.#rest = text.slice(lines.starts[index] ?? lines.rest);
    if (index === count) yield* this.#cutLongLine();
  }

  /** How many physical lines the record that starts at `index` has. */
  #recordLines(
    text: string,
    lines: PhysicalLines,
    index: number,
    last: boolean,
  ): number | 'broken' | 'incomplete' {
    if (isEven(lines.quotes[index])) return 1;
    const start = lines.starts[index] ?? 0;
    let quotes = 0;
    for (let end = index; end < lines.ends.length; end += 1) {
      const chars = (lines.ends[end] ?? 0) - start;
      if (end - index >= maxRecordLines || chars > maxRecordChars) return 'broken';
      quotes += lines.quotes[end] ?? 0;
      if (isEven(quotes)) return this.#isBelievable(text, lines, index, end) ? end - index + 1 : 'broken';
    }
    // The last character may be a CR, which is no part of the record.
    return last || text.length - 1 - start > maxRecordChars ? 'broken' : 'incomplete';
  }

  #isBelievable(text: string, lines: PhysicalLines, first: number, final: number): boolean {
    const cells = cellsOf(text.slice(lines.starts[first], lines.ends[final]));
    if (!cells) return false;
    const width = this.width;
    if (width === undefined) return true;
    if (!hasWidth(cells, width)) return false;
    let rowsAlike = 0;
    for (let index = first; index <= final; index += 1) {
      const line = text.slice(lines.starts[index], lines.ends[index]);
      const inner = index > first && index < final;
      if (inner && cellsOf(line)?.length === width) return false;
      if (roughCells(line).length === width) rowsAlike += 1;
    }
    return rowsAlike < final - first + 1;
  }

  #record(
    text: string,
    lines: PhysicalLines,
    index: number,
    length: number | 'broken',
  ): CsvRecord | undefined {
    const line = this.#line + index;
    const final = length === 'broken' ? index : index + length - 1;
    const record = text.slice(lines.starts[index], lines.ends[final]);
    if (this.#skipping) {
      this.#skipping = false; // the end of a line that was cut
      return undefined;
    }
    if (record === '') return undefined;
    if (record.length > maxRecordChars) return tooLong(line, record);
    const cells = length === 'broken' ? undefined : cellsOf(record);
    if (!cells) return { line, cells: roughCells(record), fault: 'bad-quote' };
    return cells.every(isBlank) ? undefined : { line, cells };
  }

  *#cutLongLine(): Generator<CsvRecord, void, undefined> {
    if (this.#rest.length - 1 <= maxRecordChars) return;
    if (!this.#skipping) yield tooLong(this.#line, this.#rest);
    this.#skipping = true;
    this.#rest = this.#rest.endsWith('\r') ? '\r' : '';
  }
}

function tooLong(line: number, text: string): CsvRecord {
  return { line, cells: [text.slice(0, keptOfLongLine)], fault: 'column-count' };
}

/** A row in which nothing stands is what spreadsheets leave of an empty line. */
function isBlank(cell: string): boolean {
  return cell === '' || cell.trim() === '';
}

function isEven(count: number | undefined): boolean {
  return ((count ?? 0) & 1) === 0;
}
