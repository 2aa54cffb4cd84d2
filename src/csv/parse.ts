import { type CsvError, parse } from 'csv-parse/sync';

export type { CsvError };

/**
 * Parses CSV text whole into rows of cells: RFC 4180 quoting, any of CRLF, LF and CR as line end, rows of any
 * length, empty lines left out. For text that is small (the store map) or a block of a large file.
 *
 * @throws CsvError when a quote stands where it may not
 */
export function parseCsv(text: string): string[][] {
  return parse(text, {
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
  });
}
