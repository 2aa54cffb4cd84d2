const plain = /^-?\d{1,9}$/;
const written = /^([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?$/;

/** Smaregi's own limit for a stock level, either way. */
const maxQuantity = 999_999_999;

/**
 * A stock level as people and exports write it: whole, signed, with thousands commas, full-width digits, blanks
 * around, `12.0` for 12. Undefined when it is none.
 */
export function parseQuantity(cell: string): number | undefined {
  if (plain.test(cell)) return Number(cell) + 0;
  const match = written.exec(cell.normalize('NFKC').replace('\u2212', '-').trim());
  if (!match) return undefined;
  const amount = Number((match[2] ?? '').replaceAll(',', ''));
  if (amount > maxQuantity) return undefined;
  return match[1] === '-' ? 0 - amount : amount;
}
