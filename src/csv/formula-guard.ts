const opensFormula = /^[=+\-@\t\r]/;
const guarded = /^'[=+\-@\t\r]/;
const plainNumber = /^[+-]?\d[\d,]*(\.\d+)?$/;

/** A cell that a spreadsheet shows as it is: one that it would run as a formula gets an apostrophe in front. */
export function guardFormula(cell: string): string {
  return opensFormula.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;
}

/** Takes the apostrophe of {@link guardFormula} off again. */
export function unguardFormula(cell: string): string {
  return guarded.test(cell) ? cell.slice(1) : cell;
}
