import { parseCsv } from '../csv/parse.ts';

/** Which cells of a Reset CSV name a row and its level, by their place in a row. */
export interface RowCells {
  facility: number;
  idValue: number;
  availableQty: number;
}

/** The key under which a row is looked up. */
export function resetRowKey(facility: string, idValue: string): string {
  return `${facility}\t${idValue}`;
}

/**
 * Looks rows up in a Reset CSV of ours, in one pass and constant memory: the level that each row of `wanted` (keys of
 * {@link resetRowKey}) is set to, by key; a row that is not there is not in the result.
 *
 * Three million rows against a few thousand questions must take seconds, hence no general reader: bytes are compared
 * as they are (every byte one character), and only a record that has a quote is parsed.
 */
export class ResetRowScan {
  readonly #cells: RowCells;
  readonly #last: number;
  /** By the key as its bytes read. */
  readonly #wanted: Map<string, string>;
  readonly found = new Map<string, number>();
  #rest = '';
  #header = true;

  constructor(cells: RowCells, wanted: Iterable<string>) {
    this.#cells = cells;
    this.#last = Math.max(cells.facility, cells.idValue, cells.availableQty);
    this.#wanted = new Map(Array.from(wanted, (key) => [asBytes(key), key]));
  }

  read(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      let record = text.slice(start, end);
      if (record.includes('"')) {
        const whole = endOfQuoted(text, start, end);
        if (whole === undefined) break;
        record = text.slice(start, whole);
        end = whole;
      }
      this.#take(record);
      start = end + 1;
    }
    this.#rest = text.slice(start);
  }

  #take(record: string): void {
    if (this.#header) {
      this.#header = false;
      return;
    }
    const { facility, idValue, availableQty } = this.#cells;
    const cells = record.includes('"') ? parsed(record) : firstCells(record, this.#last + 1);
    const key = this.#wanted.get(resetRowKey(cells[facility] ?? '', cells[idValue] ?? ''));
    if (key !== undefined) this.found.set(key, Number(cells[availableQty]));
  }
}

/** The end of the record that begins at `start`, when quotes go on beyond the line that ends at `end`. */
function endOfQuoted(text: string, start: number, end: number): number | undefined {
  for (let at = end; at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text.slice(start, at).split('"').length % 2 === 1) return at;
  }
  return undefined;
}

function firstCells(record: string, count: number): string[] {
  const cells: string[] = [];
  let start = 0;
  while (cells.length < count) {
    const comma = record.indexOf(',', start);
    if (comma < 0) {
      cells.push(record.slice(start).trimEnd());
      break;
    }
    cells.push(record.slice(start, comma));
    start = comma + 1;
  }
  return cells;
}

function parsed(record: string): string[] {
  return parseCsv(record)[0] ?? [];
}

function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
