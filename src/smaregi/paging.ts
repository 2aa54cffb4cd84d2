import type { HttpAnswer } from '../platform/http-client.ts';
import { Problem } from '../platform/problem.ts';
import { type ApiRow, rowsIn } from './api-row.ts';

export interface List {
  /** Below the contract's address: `/stock`. */
  path: string;
  query: Readonly<Record<string, string | undefined>>;
  /** Rows to a page: what the end point allows. */
  limit: number;
}

/** More pages than this are no list but a server that does not count. */
const maxPages = 100_000;

/**
 * Reads a list page by page. Where the server links pages, its `rel="next"` says whether one follows; else a full page
 * does. Only our own page number is used: a link may name any host.
 *
 * @throws what `read` throws, and Problem `smaregi-odd-answer` when a page is no list or comes again and again
 */
export async function* pagesOf(
  { path, query, limit }: List,
  read: (path: string) => Promise<HttpAnswer>,
): AsyncGenerator<ApiRow[]> {
  let last = '';
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await read(`${path}?${queryOf({ ...query, limit: String(limit), page: String(page) })}`);
    const rows = rowsIn(answer.body);
    if (!rows) throw oddAnswer(`${path} answered ${answer.status} with something else than a list`);
    if (rows.length > 0 && answer.body === last) throw oddAnswer(`${path} gave page ${page - 1} once more`);
    last = answer.body;
    if (rows.length > 0) yield rows;
    if (!hasNext(answer.headers.link, rows.length, limit)) return;
  }
  throw oddAnswer(`${path} has no end`);
}

/** A query string; `+`, as in a time's offset, is spelled `%2B`. */
export function queryOf(query: List['query']): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return String(new URLSearchParams(given));
}

function hasNext(link: string | undefined, count: number, limit: number): boolean {
  if (count === 0) return false;
  return link === undefined ? count >= limit : /rel\s*=\s*"?next\b/i.test(link);
}

export function oddAnswer(what: string): Problem {
  return new Problem(
    'smaregi-odd-answer',
    `Smaregi's ${what}.`,
    'It is asked again at the next poll; nothing was recorded from it. Check smaregi.baseUrl if it stays so.',
  );
}
