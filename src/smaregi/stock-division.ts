/**
 * Smaregi's kinds of stock change and what we call them. The words before a dash are the kind's family: a reason for
 * `transfer` serves `transfer-in` and `transfer-out` alike.
 */
const kinds: Readonly<Record<string, string>> = {
  '01': 'correction',
  '02': 'sale',
  '03': 'receipt',
  '04': 'transfer-out',
  '05': 'transfer-in',
  '06': 'rental',
  '07': 'reservation',
  '08': 'stocktaking',
  '09': 'adjustment',
  '10': 'shipment',
  '11': 'online-link',
  '12': 'return',
  '13': 'promotion',
  '14': 'loss',
  '15': 'api',
  '16': 'sale-allocated',
  '17': 'transfer-short',
  '18': 'reservation-order',
};

/** The kind of a change; a division that nobody has told us about counts by its quantity all the same. */
export function kindOfDivision(division: string, quantity: number): string {
  const kind = kinds[division] ?? `division-${division}`;
  return kind === 'stocktaking' && quantity > 0 ? 'stocktaking-found' : kind;
}

export function isKnownDivision(division: string): boolean {
  return division in kinds;
}

/** Variance reasons by kind, from those by division (`smaregi.reasons`). */
export function reasonsByKind(byDivision: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(byDivision).map(([division, reason]) => [kindOfDivision(division, 0), reason]),
  );
}
