import { cellsOf, hasWidth, roughCells } from './record-cells.ts';

/** A quoted cell with more line ends than this is taken for a quote that was never closed. */
const maxRecordLines = 50;

/** The same for its length; a longer single line is cut, so that a file without line ends needs no memory. */
export const maxRecordBytes = 64 * 1024;

/** Of a line that is too long, enough for a person to recognise it. */
const keptOfLongLine = 200;

const maxBytesPerCharacter = 4;
const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/** Bytes of which records are read: those before `end`, after which more may come unless they are the `last`. */
export interface Extent {
  bytes: Buffer;
  end: number;
  last: boolean;
  /** A part of the bytes as text. */
  text: (bytes: Buffer) => string;
}

/** The cells of a record, and why they are only what could be made of it. */
export interface Cells {
  cells: string[];
  fault?: 'bad-quote' | 'column-count';
}

/** A record, the place where the next one begins, and how many physical lines lie before that. */
export interface OddRecord {
  record: Cells;
  next: number;
  lines: number;
}

interface Line {
  start: number;
  /** Without its line end. */
  end: number;
  next: number;
  quotes: number;
}

/**
 * The record at `start` when it is no flawless row of one line; undefined while it is not complete.
 *
 * A quote that stands where it may not costs its own row and no other: a record of several physical lines is
 * believed only when its quoting is flawless, it has the width of the header and none of its lines looks like a
 * row of its own. Otherwise its first line alone is faulty, and reading goes on at the second.
 */
export function oddRecord(extent: Extent, start: number, width: number | undefined): OddRecord | undefined {
  const lines = linesOf(extent, start);
  const [first] = lines ?? [];
  const final = lines?.at(-1);
  if (!lines || !first || !final) return undefined;
  const textOf = (from: Line, to: Line) => extent.text(extent.bytes.subarray(from.start, to.end));
  if (final !== first) {
    const texts = lines.map((line) => textOf(line, line));
    const cells = believedCells(textOf(first, final), texts, width);
    if (cells) return { record: { cells }, next: final.next, lines: lines.length };
  }
  if (first.end - first.start > maxRecordBytes) {
    return { record: longLine(extent, start), next: first.next, lines: 1 };
  }
  const text = textOf(first, first);
  const cells = cellsOf(text);
  const record: Cells = cells ? { cells } : { cells: roughCells(text), fault: 'bad-quote' };
  return { record, next: first.next, lines: 1 };
}

/** What stands for a line that is too long: its beginning. */
export function longLine({ bytes, text }: Extent, start: number): Cells {
  const beginning = text(bytes.subarray(start, start + maxBytesPerCharacter * keptOfLongLine));
  return { cells: [beginning.slice(0, keptOfLongLine)], fault: 'column-count' };
}

/** The lines that the record at `start` has by its quotes, or only its first when that cannot be. */
function linesOf(extent: Extent, start: number): Line[] | undefined {
  const lines: Line[] = [];
  let quotes = 0;
  for (let at = start; ; ) {
    const line = lineAt(extent, at);
    if (!line) {
      // The last byte may be a CR, which is no part of the record.
      const isBroken = extent.last || extent.end - 1 - start > maxRecordBytes;
      return isBroken ? lines.slice(0, 1) : undefined;
    }
    const isTooLong = lines.length >= maxRecordLines || line.end - start > maxRecordBytes;
    lines.push(line);
    if (isTooLong) return lines.slice(0, 1);
    quotes += line.quotes;
    if (quotes % 2 === 0) return lines;
    at = line.next;
  }
}

/** CRLF, LF and CR end a line; a CR at the very end may be half of a CRLF. */
function lineAt({ bytes, end, last }: Extent, start: number): Line | undefined {
  let quotes = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === quote) quotes += 1;
    else if (byte === lineFeed) return { start, end: at, next: at + 1, quotes };
    else if (byte === carriageReturn) {
      if (at + 1 === end && !last) return undefined;
      const isPair = at + 1 < end && bytes[at + 1] === lineFeed;
      return { start, end: at, next: at + (isPair ? 2 : 1), quotes };
    }
  }
  return last && start < end ? { start, end, next: end, quotes } : undefined;
}

function believedCells(record: string, lines: string[], width: number | undefined): string[] | undefined {
  const cells = cellsOf(record);
  if (!cells || width === undefined) return cells;
  if (!hasWidth(cells, width)) return undefined;
  if (lines.slice(1, -1).some((line) => cellsOf(line)?.length === width)) return undefined;
  return lines.every((line) => roughCells(line).length === width) ? undefined : cells;
}
