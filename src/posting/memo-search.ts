import type { Product } from '../smaregi/product.ts';
import type { SmaregiClient, StockRow } from '../smaregi/smaregi-client.ts';
import { stockChangeIn } from '../smaregi/stock-change.ts';

/** What is asked of Smaregi to tell it of packings, and to find them there. */
export interface PackingSide {
  smaregi: Pick<SmaregiClient, 'addStock' | 'stockChanges'>;
  products: { byCode(productCode: string, signal?: AbortSignal): Promise<Product | undefined> };
}

/** Clocks differ, and Smaregi writes its times to the second: the history is read on so far before what is sought. */
const clockMarginMs = 60 * 60_000;

/**
 * The id of the change whose memo is exactly this, in the history of a row since `since` (epoch milliseconds);
 * undefined when there is none.
 *
 * @throws as the client's reads
 */
export async function findMemo(
  smaregi: PackingSide['smaregi'],
  {
    row,
    memo,
    since,
    signal,
  }: { row: StockRow; memo: string; since: number; signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  for await (const page of smaregi.stockChanges(row, signal)) {
    const changes = page.map(stockChangeIn).filter((change) => change !== undefined);
    const found = changes.find((change) => change.memo === memo);
    if (found) return found.id;
    // Newest first: what follows is older still.
    if (changes.some(({ updatedAt }) => updatedAt < since - clockMarginMs)) return undefined;
  }
  return undefined;
}
