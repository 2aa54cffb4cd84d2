import type { Clock } from '../platform/clock.ts';
import type { HttpServer } from '../platform/http-server.ts';
import { appliesIn, pause } from './faults.ts';
import { type SmaregiFaultPlan, sendFault } from './smaregi-faults.ts';
import { type ListRow, sendProblem } from './smaregi-lists.ts';
import type { ChangeRow, StockBook } from './smaregi-stock-book.ts';

const maxStock = 999_999_999;

export interface AddRouteOptions {
  prefix: string;
  book: StockBook;
  products: ReadonlyMap<string, ListRow>;
  storeIds: ReadonlySet<string>;
  faults: SmaregiFaultPlan;
  clock: Clock;
  /** Every addition that was applied, whatever the caller saw of it. */
  additions: ChangeRow[];
}

/** `POST /stock/{product_id}/add`: relative, without any key that would recognise a repeat. */
export function addAddRoute(server: HttpServer, options: AddRouteOptions): void {
  const { prefix, book, faults, clock, additions } = options;
  server.post(`${prefix}/stock/:productId/add`, async (request, reply) => {
    const { productId } = request.params as { productId: string };
    const addition = additionIn(productId, (request.body ?? {}) as Record<string, unknown>);
    const fault = faults.writes.next();
    await pause(clock, faults.writes.delayMs);
    if (!appliesIn(fault)) {
      sendFault(reply, fault);
      return reply;
    }
    const refusal = refusalOf(addition, options);
    if (refusal) return sendProblem(reply, refusal.status, refusal.title, refusal.detail);
    const { storeId, amount, memo } = addition;
    const change = book.change({ storeId, productId, division: '15', amount, memo: memo || null });
    additions.push(change);
    await pause(clock, faults.writes.answerDelayMs);
    if (sendFault(reply, fault)) return reply;
    return reply.send({
      productId,
      storeId,
      stockAmount: change.stockAmount,
      updDateTime: change.updDateTime,
      stockHistory: { id: change.id, memo: change.memo },
    });
  });
}

interface Addition {
  productId: string;
  storeId: string;
  amount: number;
  memo: string;
}

function additionIn(productId: string, body: Record<string, unknown>): Addition {
  const history = body.stockHistory as { memo?: unknown } | undefined;
  return {
    productId,
    storeId: String(body.storeId ?? ''),
    amount: Number(body.stockAmount ?? Number.NaN),
    memo: String(history?.memo ?? ''),
  };
}

function refusalOf(
  { productId, storeId, amount, memo }: Addition,
  { products, storeIds, book }: AddRouteOptions,
): { status: number; title: string; detail: string } | undefined {
  const bad = (detail: string) => ({ status: 400, title: 'Bad Request', detail });
  if (!products.has(productId)) return { status: 404, title: 'NotFound', detail: `no product ${productId}` };
  if (!storeIds.has(storeId)) return bad(`no store ${storeId}`);
  if (!Number.isInteger(amount) || amount === 0) return bad('stockAmount is no whole number');
  if (Math.abs(book.stock(storeId, productId) + amount) > maxStock) return bad('stockAmount is out of range');
  return memo.length > 100 ? bad('memo is longer than 100') : undefined;
}
