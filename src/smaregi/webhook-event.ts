import { type ApiRow, isRow, textOf } from './api-row.ts';
import type { StockRow } from './smaregi-client.ts';

/** What a webhook names, so that it is read now. An event of another kind names nothing. */
export interface WebhookEvent {
  contractId: string;
  stockRows: StockRow[];
  transactionIds: string[];
  productIds: string[];
}

/** Reads an event's body; undefined when it is no event. What in it is odd is left out: polling finds it. */
export function webhookEventIn(body: unknown): WebhookEvent | undefined {
  if (!isRow(body)) return undefined;
  const contractId = textOf(body, 'contractId');
  const event = textOf(body, 'event');
  if (!event) return undefined;
  const named: WebhookEvent = { contractId, stockRows: [], transactionIds: [], productIds: [] };
  if (event === 'pos:stock') named.stockRows = rowsOf(body);
  if (event === 'pos:transactions') named.transactionIds = idsOf(body, 'transactionHeadIds');
  if (event === 'pos:products') named.productIds = idsOf(body, 'productIds');
  return named;
}

function rowsOf({ ids }: ApiRow): StockRow[] {
  const rows = Array.isArray(ids) ? ids.filter(isRow) : [];
  return rows
    .map((row) => ({ storeId: textOf(row, 'storeId'), productId: textOf(row, 'productId') }))
    .filter(({ storeId, productId }) => isId(storeId) && isId(productId));
}

function idsOf(body: ApiRow, field: string): string[] {
  const ids = body[field];
  return (Array.isArray(ids) ? ids : []).map(String).filter(isId);
}

/** Ids go into paths and queries: Smaregi's are numbers. */
function isId(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}
