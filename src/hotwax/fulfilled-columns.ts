/** What the store-fulfilled feed and its kin call the four columns; compared without case, blanks and signs. */
const words = {
  orderId: ['orderId', 'orderName'],
  productId: ['productId', 'upca', 'jan', 'idValue'],
  facilityId: ['facilityId', 'externalFacilityId', 'facilityExternalId'],
  quantity: ['quantity', 'qty'],
} as const;

type FulfilledField = keyof typeof words;

/** How the rows of one file are read, decided once from its header. Columns are indexes into `header`. */
export interface FulfilledLayout {
  /** The file holds rejected rows that were corrected: its first two columns, line and reason, are ours. */
  correction: boolean;
  /** The original header, without those two columns and without empty cells at its end. */
  header: string[];
  columns: Record<FulfilledField, number>;
}

/** The layout that a row of cells announces as header; or what it lacks, and how many columns it names. */
export function fulfilledLayoutOf(
  row: string[],
): { layout: FulfilledLayout } | { named: number; missing: string[] } {
  const correction = loose(row[0] ?? '') === 'line' && loose(row[1] ?? '') === 'reason';
  const cells = correction ? row.slice(2) : row;
  const header = cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
  const names = header.map(loose);
  const columns: Partial<Record<FulfilledField, number>> = {};
  for (const field of Object.keys(words) as FulfilledField[]) {
    const index = words[field].map((word) => names.indexOf(loose(word))).find((found) => found !== -1);
    if (index !== undefined) columns[field] = index;
  }
  const { orderId, productId, facilityId, quantity } = columns;
  if (
    orderId !== undefined &&
    productId !== undefined &&
    facilityId !== undefined &&
    quantity !== undefined
  ) {
    return { layout: { correction, header, columns: { orderId, productId, facilityId, quantity } } };
  }
  const missing = (Object.keys(words) as FulfilledField[]).filter((field) => columns[field] === undefined);
  return { named: Object.keys(columns).length, missing };
}

/** `Order ID`, `order_id`, `orderId`: all the same. */
function loose(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
