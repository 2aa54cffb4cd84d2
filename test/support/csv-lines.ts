export type Cells = readonly (string | number)[];

/** One line without its end, every cell in quotes. */
export function quotedLine(cells: Cells): string {
  return cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',');
}

/** One line without its end, quotes only where RFC 4180 needs them. */
export function plainLine(cells: Cells): string {
  return cells
    .map(String)
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}

/** `1234567` as a Japanese back office shows it: `1,234,567`. */
export function thousands(quantity: number): string {
  return String(quantity).replace(/\B(?=(\d{3})+$)/g, ',');
}
