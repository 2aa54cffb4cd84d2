import { guardFormula } from '../csv/formula-guard.ts';
import type { CsvOutput } from './csv-output.ts';

/** Makes spreadsheets read UTF-8. */
const byteOrderMark = '\uFEFF';

/** The file of rejected rows: line, reason, then the original cells; it opens in a spreadsheet and can be corrected. */
export class RejectedRows {
  readonly #output: CsvOutput;
  #isBegun = false;

  constructor(output: CsvOutput) {
    this.#output = output;
  }

  add(line: number, reason: string, cells: readonly string[], header: readonly string[]): void {
    if (!this.#isBegun) this.#output.add([`${byteOrderMark}line`, 'reason', ...header.map(guardFormula)]);
    this.#isBegun = true;
    this.#output.add([String(line), reason, ...cells.map(guardFormula)]);
  }
}
