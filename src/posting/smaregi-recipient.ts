import { packingMemo } from '../ledger/packing-memo.ts';
import type { PackingRecords } from '../ledger/packing-records.ts';
import type { DuePosting } from '../ledger/posting-records.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import type { StockRow } from '../smaregi/smaregi-client.ts';
import type { CallPlan } from './call-plan.ts';
import { findMemo, type PackingSide } from './memo-search.ts';
import type { Answer, Recipient } from './recipient.ts';

export interface SmaregiRecipientOptions extends PackingSide {
  packings: PackingRecords;
  concurrency: number;
}

/**
 * Smaregi, told of packed orders: each movement is one addition of a negative amount, under a memo that nothing else
 * has. What was ever in doubt is looked for by its memo before it is sent again, whoever settled the doubt.
 */
export function smaregiRecipient(options: SmaregiRecipientOptions): Recipient {
  return {
    destination: 'smaregi',
    name: 'Smaregi',
    unauthorisedCode: 'smaregi-unauthorised',
    concurrency: options.concurrency,
    // Every packing is a write of its own: its memo is what it is found by.
    coalesceAbove: null,
    reasonOf: ({ kind }) => kind,
    refusalOf: ({ quantity }) =>
      quantity < 0
        ? undefined
        : 'packed-is-final: nothing raises stock on account of a packed order; not sent',
    tell: (plan) => tell(plan, options),
  };
}

async function tell({ movements, quantity }: CallPlan, options: SmaregiRecipientOptions): Promise<Answer> {
  const { smaregi, products, packings } = options;
  const [posting] = movements;
  if (!posting) return { outcome: { kind: 'refused', note: 'nothing to tell' } };
  const memo = packingMemo(posting, packings.generationOf(posting.movementId));
  let row: StockRow;
  try {
    const product = await products.byCode(posting.productCode);
    if (!product) return { outcome: unknownProduct(posting) };
    row = { storeId: posting.storeId, productId: product.productId };
    const since = packings.inDoubtSince(posting.movementId);
    const found = since === undefined ? undefined : await search({ memo, row, since }, smaregi);
    if (found) return { outcome: { kind: 'accepted' }, receipt: found };
  } catch (error) {
    // Reads only so far: nothing of the addition has left.
    return { outcome: notSent(error) };
  }
  const { outcome, changeId } = await smaregi.addStock({ ...row, amount: quantity, memo });
  return { outcome, receipt: changeId };
}

async function search(
  what: { memo: string; row: StockRow; since: number },
  smaregi: PackingSide['smaregi'],
): Promise<string | undefined> {
  try {
    return await findMemo(smaregi, what);
  } catch (error) {
    // The history is not ours to read: then it was a person who settled the doubt, and that stands.
    if (systemCode(error) === 'smaregi-forbidden') return undefined;
    throw error;
  }
}

function unknownProduct({ productCode }: DuePosting): Outcome {
  return { kind: 'refused', note: `Smaregi has no product with the code ${productCode}; not sent` };
}

function notSent(error: unknown): Outcome {
  const note = messageOf(error);
  return systemCode(error) === 'smaregi-unauthorised'
    ? { kind: 'unauthorised', note, status: undefined }
    : { kind: 'not-sent', note };
}
