import { stringify } from 'csv-stringify/sync';

export type LineEnd = 'lf' | 'crlf';

/** CSV text of rows of cells, each row with its line end; quoted (RFC 4180) only where needed. */
export function csvText(rows: string[][], lineEnd: LineEnd): string {
  return stringify(rows, {
    record_delimiter: lineEnd === 'crlf' ? '\r\n' : '\n',
    // Off by default as soon as a delimiter is given: a lone CR or LF in a cell would then end its row.
    quote_record_delimiter: true,
  });
}

/** One cell as it stands in CSV text. */
export function csvCell(cell: string): string {
  return csvText([[cell]], 'lf').slice(0, -1);
}
