import type { HttpServer, ServerReply, ServerRequest } from '../platform/http-server.ts';
import { type SmaregiFaultPlan, sendFault } from './smaregi-faults.ts';
import { type ListRow, queryOf, sendPage, sendProblem, withinWindow } from './smaregi-lists.ts';
import type { StockBook } from './smaregi-stock-book.ts';
import type { Till } from './smaregi-till.ts';

export interface SmaregiReads {
  /** `/CONTRACT/pos`. */
  prefix: string;
  book: StockBook;
  till: Till;
  products: ReadonlyMap<string, ListRow>;
  faults: SmaregiFaultPlan;
  /** Whether lists link their next page. */
  links: boolean;
}

type Answer = (request: ServerRequest, reply: ServerReply) => ServerReply;

/** The lists of the Platform API that Flagship reads. */
export function addSmaregiReads(server: HttpServer, options: SmaregiReads): void {
  const { prefix, book, till, products, faults, links } = options;
  const read = (name: string, path: string, answer: Answer) => {
    server.get(`${prefix}${path}`, async (request, reply) => {
      if (faults.forbidden.includes(name)) {
        return sendProblem(reply, 403, 'Forbidden', `the plan of this contract has no ${name}`);
      }
      return sendFault(reply, faults.reads.next()) ? reply : answer(request, reply);
    });
  };
  const page = (request: ServerRequest, reply: ServerReply, rows: readonly ListRow[], maxLimit = 1000) =>
    sendPage(request, reply, rows, { maxLimit, links });

  read('stock', '/stock', (request, reply) => {
    const { store_id, product_id, ...query } = queryOf(request);
    const found = withinWindow(book.rows(), query);
    if ('fault' in found) return sendProblem(reply, 400, 'Bad Request', found.fault);
    const rows = found.rows.filter(
      (row) =>
        (store_id === undefined || row.storeId === store_id) &&
        (product_id === undefined || row.productId === product_id),
    );
    return page(request, reply, rows);
  });

  read('stock-changes', '/stock/changes/:productId/:storeId', (request, reply) => {
    const { productId, storeId } = request.params as { productId: string; storeId: string };
    const { id } = queryOf(request);
    if (!products.has(productId)) return sendProblem(reply, 404, 'NotFound', `no product ${productId}`);
    const history = book.history(storeId, productId) ?? [];
    return page(
      request,
      reply,
      history.filter((change) => id === undefined || change.id === id),
    );
  });

  read('transactions', '/transactions', (request, reply) => {
    const query = queryOf(request);
    if (query['upd_date_time-from'] === undefined) {
      return sendProblem(reply, 400, 'Bad Request', 'one of the ranges of time is required');
    }
    const found = withinWindow(till.rows(), query);
    if ('fault' in found) return sendProblem(reply, 400, 'Bad Request', found.fault);
    const first = Number(query['transaction_head_id-from'] ?? 0);
    const last = Number(query['transaction_head_id-to'] ?? Number.POSITIVE_INFINITY);
    const withDetails = (query.with_details ?? 'none') !== 'none';
    const rows = found.rows
      .filter((row) => Number(row.transactionHeadId) >= first && Number(row.transactionHeadId) <= last)
      .map(({ details, ...head }) => (withDetails ? { ...head, details } : head));
    return page(request, reply, rows, withDetails ? 100 : 1000);
  });

  read('products', '/products', (request, reply) => {
    const { product_code } = queryOf(request);
    const rows = [...products.values()].filter(
      (row) => product_code === undefined || row.productCode === product_code,
    );
    return page(request, reply, rows);
  });

  read('products', '/products/:productId', (request, reply) => {
    const { productId } = request.params as { productId: string };
    const row = products.get(productId);
    return row ? reply.send(row) : sendProblem(reply, 404, 'NotFound', `no product ${productId}`);
  });
}
