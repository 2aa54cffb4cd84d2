const quote = 34;
const comma = 44;

/**
 * The cells of one record without its line end, strictly after RFC 4180: a quote opens a cell only at its start,
 * closes it only before a comma or the end, and stands doubled inside. Undefined when a quote stands elsewhere.
 */
export function cellsOf(record: string): string[] | undefined {
  if (!record.includes('"')) return record.split(',');
  const cells: string[] = [];
  for (let at = 0; ; ) {
    let end: number;
    if (record.charCodeAt(at) === quote) {
      end = closingQuote(record, at);
      if (end === -1) return undefined;
      cells.push(unquoted(record, at, end));
      end += 1;
    } else {
      end = nextComma(record, at);
      const stray = record.indexOf('"', at);
      if (stray !== -1 && stray < end) return undefined;
      cells.push(record.slice(at, end));
    }
    if (end === record.length) return cells;
    at = end + 1;
  }
}

/**
 * The cells of one physical line in which quoting is broken somewhere: cells that are well quoted are taken as
 * such, in all others a quote is a character like any other.
 */
export function roughCells(line: string): string[] {
  const cells: string[] = [];
  for (let at = 0; ; ) {
    const close = line.charCodeAt(at) === quote ? closingQuote(line, at) : -1;
    const end = close === -1 ? nextComma(line, at) : close + 1;
    cells.push(close === -1 ? line.slice(at, end) : unquoted(line, at, close));
    if (end === line.length) return cells;
    at = end + 1;
  }
}

/** Whether a row has the header's width; empty cells beyond it are harmless (spreadsheets add them). */
export function hasWidth(cells: string[], width: number): boolean {
  return cells.length >= width && cells.every((cell, index) => index < width || cell.trim() === '');
}

/** Where the cell that opens at `open` closes, or -1 when it does not close before a comma or the end. */
function closingQuote(record: string, open: number): number {
  for (let at = record.indexOf('"', open + 1); at !== -1; at = record.indexOf('"', at + 2)) {
    const next = record.charCodeAt(at + 1);
    if (next === quote) continue;
    return at + 1 === record.length || next === comma ? at : -1;
  }
  return -1;
}

function unquoted(record: string, open: number, close: number): string {
  const cell = record.slice(open + 1, close);
  return cell.includes('"') ? cell.replaceAll('""', '"') : cell;
}

function nextComma(record: string, from: number): number {
  const at = record.indexOf(',', from);
  return at === -1 ? record.length : at;
}
