import type { ServerReply, ServerRequest } from '../platform/http-server.ts';

/** A row of any list, in the API's words. */
export type ListRow = Readonly<Record<string, unknown>>;

const dayMs = 86_400_000;

/** Answers with a problem document, as Smaregi does. */
export function sendProblem(reply: ServerReply, status: number, title: string, detail: string): ServerReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, detail, status }));
}

export function queryOf(request: ServerRequest): Readonly<Record<string, string>> {
  return request.query as Record<string, string>;
}

/** The rows changed within the window that a query names, if it names one; or why it must not. */
export function withinWindow(
  rows: readonly ListRow[],
  query: Readonly<Record<string, string>>,
): { rows: readonly ListRow[] } | { fault: string } {
  const from = query['upd_date_time-from'];
  const to = query['upd_date_time-to'];
  if (from === undefined && to === undefined) return { rows };
  const [start, end] = [Date.parse(from ?? ''), Date.parse(to ?? '')];
  if (Number.isNaN(start) || Number.isNaN(end)) {
    return { fault: `upd_date_time-from and -to must both be dates: ${from}, ${to}` };
  }
  if (end - start > 31 * dayMs) return { fault: 'the range of upd_date_time is more than 31 days' };
  const at = (row: ListRow) => Date.parse(String(row.updDateTime));
  return { rows: rows.filter((row) => at(row) >= start && at(row) <= end) };
}

/** Sends one page of a list, sorted and linked as the query asks. */
export function sendPage(
  request: ServerRequest,
  reply: ServerReply,
  rows: readonly ListRow[],
  { maxLimit, links }: { maxLimit: number; links: boolean },
): ServerReply {
  const query = queryOf(request);
  const limit = Number(query.limit ?? 100);
  const page = Number(query.page ?? 1);
  if (!(limit >= 1 && limit <= maxLimit)) {
    return sendProblem(reply, 400, 'Bad Request', `limit must be 1 to ${maxLimit}`);
  }
  const sorted = sort(rows, query.sort);
  const end = page * limit;
  if (links && end < sorted.length) {
    const next = new URLSearchParams({ ...query, page: String(page + 1) });
    reply.header('link', `<https://api.example${request.url.split('?')[0]}?${next}>; rel="next"`);
  }
  return reply.send(sorted.slice(end - limit, end));
}

/** `updDateTime:desc`, `storeId:asc,productId:asc`; numbers by value. */
function sort(rows: readonly ListRow[], by: string | undefined): ListRow[] {
  const keys = (by ?? '').split(',').filter(Boolean);
  return [...rows].sort((left, right) => {
    for (const key of keys) {
      const [field = '', direction] = key.split(':');
      const order = compare(String(left[field] ?? ''), String(right[field] ?? ''));
      if (order !== 0) return direction === 'desc' ? -order : order;
    }
    return 0;
  });
}

function compare(left: string, right: string): number {
  const numbers = /^\d+$/.test(left) && /^\d+$/.test(right);
  if (numbers) return Number(left) - Number(right);
  return left < right ? -1 : Number(left > right);
}
