import type { RecordedLine } from './converge.ts';

/** What one line of a reversing record is to stand for: a signed quantity of its (store, product). */
export interface ReversalLine {
  lineId: string;
  storeId: string;
  productCode: string;
  effect: number;
}

type Row = Pick<RecordedLine, 'storeId' | 'productCode'>;

/**
 * Spreads the negation of an original over the lines of the record that reverses it, so that per (store, product)
 * both sum to zero whatever the record's own lines say. `original` and `recorded` are the lines taken in of either;
 * `incoming` those that a file brings of the record. Answers every incoming line, and the recorded ones that must
 * change; what no line has a place for gets a line of its own. Asked again, it answers the same.
 */
export function spreadReversal(
  original: Iterable<RecordedLine>,
  recorded: ReadonlyMap<string, RecordedLine>,
  incoming: readonly Omit<ReversalLine, 'effect'>[],
): ReversalLine[] {
  const lines = new Map<string, ReversalLine>();
  for (const [lineId, { storeId, productCode, effect }] of recorded) {
    lines.set(lineId, { lineId, storeId, productCode, effect });
  }
  const answered = new Set<string>();
  for (const line of incoming) {
    const before = lines.get(line.lineId);
    const effect = before && rowKey(before) === rowKey(line) ? before.effect : 0;
    lines.delete(line.lineId);
    lines.set(line.lineId, { ...line, effect });
    answered.add(line.lineId);
  }

  const missing = new Map<string, Row & { quantity: number }>();
  const count = (row: Row, quantity: number) => {
    const { storeId, productCode } = row;
    const sum = (missing.get(rowKey(row))?.quantity ?? 0) - quantity;
    missing.set(rowKey(row), { storeId, productCode, quantity: sum });
  };
  for (const line of original) count(line, line.effect);
  for (const line of lines.values()) count(line, line.effect);

  for (const [key, { storeId, productCode, quantity }] of missing) {
    if (quantity === 0) continue;
    const ofRow = [...lines.values()].filter((line) => rowKey(line) === key);
    const place = ofRow.find((line) => answered.has(line.lineId)) ?? ofRow[0];
    const lineId = place?.lineId ?? `~${storeId}~${productCode}`;
    lines.set(lineId, { lineId, storeId, productCode, effect: (place?.effect ?? 0) + quantity });
    answered.add(lineId);
  }
  return [...lines.values()].filter((line) => answered.has(line.lineId));
}

function rowKey({ storeId, productCode }: Row): string {
  return `${storeId}\n${productCode}`;
}
