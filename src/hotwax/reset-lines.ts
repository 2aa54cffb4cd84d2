import type { ResetField } from '../config/schema.ts';
import type { Store } from '../config/store-map.ts';
import { csvCell } from '../csv/write.ts';
import type { ResetRows, ResetSettings } from './reset-rows.ts';

/** Characters of the longest product code and of the longest quantity. */
const longestCode = 20;
const longestQuantity = 10;

export type Slot = 'idValue' | 'availableQty';

/**
 * The lines of a Reset CSV as bytes. A line of store `i` is `parts[i][0]`, then the product code or the quantity as
 * `slots[0]` says, then `parts[i][1]`, and so on; the last part ends the line.
 */
export interface ResetLines {
  slots: Slot[];
  parts: Buffer[][];
  /** The longest line, in bytes, of products and quantities that need no quotes. */
  maxBytes: number;
}

/** The lines that {@link ResetRows} would make, with all that is the same in each row of a store made ready. */
export function resetLines(rows: ResetRows, stores: Store[], lineEnd: ResetSettings['lineEnd']): ResetLines {
  const slots = rows.fields.filter(isSlot);
  const parts = stores.map((store) => partsOf(rows, store, lineEnd === 'crlf' ? '\r\n' : '\n'));
  const fixed = Math.max(0, ...parts.map((each) => each.reduce((sum, part) => sum + part.length, 0)));
  return { slots, parts, maxBytes: fixed + slots.length * Math.max(longestCode, longestQuantity) };
}

function partsOf(rows: ResetRows, store: Store, end: string): Buffer[] {
  const cells = rows.row(store, '', 0);
  const parts = [''];
  rows.fields.forEach((field, index) => {
    if (index > 0) parts.push(`${parts.pop()},`);
    if (isSlot(field)) parts.push('');
    else parts.push(parts.pop() + csvCell(cells[index] ?? ''));
  });
  parts.push(parts.pop() + end);
  return parts.map((part) => Buffer.from(part));
}

function isSlot(field: ResetField): field is Slot {
  return field === 'idValue' || field === 'availableQty';
}
