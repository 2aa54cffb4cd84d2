import { bearerCalls } from '../platform/bearer-calls.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import type { Clock } from '../platform/clock.ts';
import { type HttpClient, openHttpClient } from '../platform/http-client.ts';
import { toIso } from '../platform/time-zone.ts';
import { apiOutcome } from './api-outcome.ts';
import { ApiReads } from './api-reads.ts';
import { type ApiRow, isRow, rowIn, textOf } from './api-row.ts';
import { apiSession, type SmaregiSettings } from './api-session.ts';
import { apiTime } from './api-time.ts';
import { FieldCensus } from './field-census.ts';
import { type List, oddAnswer, pagesOf } from './paging.ts';
import { RequestGate } from './request-gate.ts';

export type { SmaregiSettings };

/** A store's stock of a product. */
export interface StockRow {
  storeId: string;
  productId: string;
}

/** Moments of change from `from` on, before `to`, in epoch milliseconds; Smaregi takes 31 days at most. */
export interface Window {
  from: number;
  to: number;
}

/** An addition to a store's stock; negative to lower it. `memo`: printable ASCII, at most 100 characters. */
export interface StockAddition extends StockRow {
  amount: number;
  memo: string;
}

/** What became of an addition; `changeId` is the receipt of an accepted one. */
export interface StockAdded {
  outcome: Outcome;
  changeId: string | undefined;
}

/**
 * Smaregi's Platform API. Lists come page by page as they are answered. Reads throw Problem `smaregi-unauthorised`,
 * `smaregi-forbidden`, `smaregi-not-found`, `smaregi-read-refused`, `smaregi-odd-answer`, `smaregi-unreachable`, and
 * the signal's reason when it is aborted.
 */
export interface SmaregiClient {
  /** Tells Smaregi one change of stock, once. Never rejects: whatever happens is an outcome. */
  addStock(addition: StockAddition): Promise<StockAdded>;
  /** All levels, of one row, or changed within a window; in an order that does not change meanwhile. */
  stock(filter: { row?: StockRow; window?: Window }, signal?: AbortSignal): AsyncGenerator<ApiRow[]>;
  /** The history of one row, newest first. */
  stockChanges(row: StockRow, signal?: AbortSignal): AsyncGenerator<ApiRow[]>;
  /** Transactions with their details, in the order of their last change; `id`: that one only. */
  transactions(filter: { window: Window; id?: string }, signal?: AbortSignal): AsyncGenerator<ApiRow[]>;
  /** All products, or those with a code. */
  products(filter: { code?: string }, signal?: AbortSignal): AsyncGenerator<ApiRow[]>;
  product(productId: string, signal?: AbortSignal): Promise<ApiRow>;
  /** Gets a token and reads with it; says in one line how it went. */
  checkToken(): Promise<string>;
  /** Resolves when the requests under way have ended. */
  close(): Promise<void>;
}

/** A page of a thousand rows is some hundred KB; one of a hundred transactions may be several MB. */
const maxBodyBytes = 64 * 1024 * 1024;
const maxRows = 1000;
/** Smaregi's limit where transactions come with their details. */
const maxTransactions = 100;

export interface SmaregiClientOptions {
  settings: SmaregiSettings;
  clock: Clock;
  random: () => number;
  /** Told once of each field of stock that is not known here. */
  onUnknownField?: (field: string) => void;
}

/** Smaregi over HTTP: reads and writes each within their own limit, a token shared by all. */
export function createSmaregiClient(options: SmaregiClientOptions): SmaregiClient {
  const { settings, clock } = options;
  const open = (baseUrl: string) =>
    openHttpClient({
      baseUrl,
      // Reads and writes have their turns apart.
      connections: settings.limits.concurrency * 2,
      timeoutMs: settings.timeoutSeconds * 1000,
      maxBodyBytes,
      clock,
    });
  return smaregiClientOver({ http: open(contractUrl(settings)), idHttp: open(settings.idUrl) }, options);
}

/** The same over any way to exchange requests for answers; tokens come over `idHttp`. */
export function smaregiClientOver(
  { http, idHttp }: { http: HttpClient; idHttp: HttpClient },
  { settings, clock, random, onUnknownField = () => {} }: SmaregiClientOptions,
): SmaregiClient {
  const { limits } = settings;
  const { concurrency } = limits;
  const readGate = new RequestGate({ requestsPerSecond: limits.readsPerSecond, concurrency }, clock);
  const writeGate = new RequestGate({ requestsPerSecond: limits.writesPerSecond, concurrency }, clock);
  // Token calls count as any other.
  const session = apiSession({ settings, http: idHttp, clock, pass: () => readGate.pass() });
  const call = bearerCalls({
    http,
    session,
    outcomeOf: (exchange, secrets) => apiOutcome(exchange, clock.now(), secrets),
  });
  const reads = new ApiReads({ call, gate: readGate, clock, random, baseUrl: settings.baseUrl });
  const census = new FieldCensus(onUnknownField);
  const list = (of: List, signal: AbortSignal | undefined) => pagesOf(of, (path) => reads.read(path, signal));

  return {
    async addStock({ storeId, productId, amount, memo }) {
      const request = {
        method: 'POST',
        path: `/stock/${encodeURIComponent(productId)}/add`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ storeId, stockAmount: String(amount), stockHistory: { memo } }),
      } as const;
      const { outcome, answer } = await call(request, () => writeGate.pass());
      if (outcome.kind !== 'accepted') return { outcome, changeId: undefined };
      const history = rowIn(answer?.body ?? '')?.stockHistory;
      const changeId = isRow(history) ? textOf(history, 'id') : '';
      if (changeId) return { outcome, changeId };
      return { outcome: { kind: 'in-doubt', note: 'HTTP 200 without a change id' }, changeId: undefined };
    },
    stock: ({ row, window }, signal) =>
      census.watch(
        'stock',
        list(
          {
            path: '/stock',
            query: {
              // Levels keep their place while they change, so that no page misses any.
              sort: 'storeId:asc,productId:asc',
              store_id: row?.storeId,
              product_id: row?.productId,
              ...windowQuery(window),
            },
            limit: maxRows,
          },
          signal,
        ),
      ),
    stockChanges: ({ storeId, productId }, signal) =>
      census.watch(
        'stock changes',
        list(
          {
            path: `/stock/changes/${encodeURIComponent(productId)}/${encodeURIComponent(storeId)}`,
            query: { sort: 'updDateTime:desc' },
            limit: maxTransactions,
          },
          signal,
        ),
      ),
    transactions: ({ window, id }, signal) =>
      list(
        {
          path: '/transactions',
          query: {
            with_details: 'all',
            with_layaway_pick_ups: 'all',
            sort: 'updDateTime:asc',
            'transaction_head_id-from': id,
            'transaction_head_id-to': id,
            ...windowQuery(window),
          },
          limit: maxTransactions,
        },
        signal,
      ),
    products: ({ code }, signal) =>
      list(
        { path: '/products', query: { sort: 'productId:asc', product_code: code }, limit: maxRows },
        signal,
      ),
    async product(productId, signal) {
      const path = `/products/${encodeURIComponent(productId)}`;
      const row = rowIn((await reads.read(path, signal)).body);
      if (!row) throw oddAnswer(`${path} answered with something else than an object`);
      return row;
    },
    async checkToken() {
      await reads.read('/stock?limit=1');
      const endsAt = session.expiresAt();
      const until = endsAt === undefined ? '' : ` (token until ${toIso(endsAt)})`;
      return `${settings.baseUrl} lets contract ${settings.contractId} read${until}`;
    },
    async close() {
      await Promise.all([http.close(), idHttp.close()]);
    },
  };
}

/** `baseUrl` is the host, or the whole address of the contract up to `/pos`. */
function contractUrl({ baseUrl, contractId }: SmaregiSettings): string {
  const base = baseUrl.replace(/\/+$/, '');
  return base.endsWith('/pos') ? base : `${base}/${encodeURIComponent(contractId)}/pos`;
}

function windowQuery(window: Window | undefined): List['query'] {
  if (!window) return {};
  return { 'upd_date_time-from': apiTime(window.from), 'upd_date_time-to': apiTime(window.to) };
}
