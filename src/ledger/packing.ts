import type { LineVersion, RecordedLine } from './converge.ts';

/** The ledger's name for what the store-fulfilled feed brings. */
export const packingSource = 'fulfilled';

/** What one file says of an order, a store and a product: the units packed, summed over its rows. */
export interface PackedTotal {
  orderId: string;
  storeId: string;
  productCode: string;
  quantity: number;
}

/**
 * What a total says beside what is recorded: `new` units to tell, a `repeat` that says nothing new, or a `lower` one,
 * which is refused because a packed order is final. Pure; why files state totals: docs/decisions/0006.
 */
export function packingVerdict(
  recorded: RecordedLine | undefined,
  { quantity }: PackedTotal,
): 'new' | 'repeat' | 'lower' {
  const before = -(recorded?.effect ?? 0);
  if (quantity === before) return 'repeat';
  return quantity > before ? 'new' : 'lower';
}

/** The transaction line under which the packing of one (order, store, product) is remembered for ever. */
export function packingLine({ orderId, storeId, productCode }: Omit<PackedTotal, 'quantity'>): {
  transactionId: string;
  lineId: string;
} {
  // A slash separates the parts of a movement's key.
  return {
    transactionId: orderId.replaceAll('%', '%25').replaceAll('/', '%2F'),
    lineId: `${storeId}:${productCode}`,
  };
}

/** The version of that line which a total stands for. `packedAt`, `now`: epoch milliseconds. */
export function packingVersion(
  total: PackedTotal,
  recorded: RecordedLine | undefined,
  { packedAt, now }: { packedAt: number; now: number },
): LineVersion {
  const { storeId, productCode, quantity } = total;
  return {
    ...packingLine(total),
    storeId,
    productCode,
    // Which total is newer is not a question of clocks: it was higher.
    versionAt: Math.max(now, recorded?.versionAt ?? 0),
    steps: [{ kind: 'packed', quantity: -quantity, occurredAt: packedAt, recordedAt: now }],
    change: { kind: 'packed', at: now },
  };
}
