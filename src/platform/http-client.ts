import { type Dispatcher, Pool } from 'undici';
import type { Clock } from './clock.ts';
import { messageOf, systemCode } from './problem.ts';

export interface HttpRequest {
  method: 'GET' | 'POST';
  /** Path and query, under the client's base URL. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Called when it is written to its connection. */
  onWritten?: () => void;
}

export interface HttpHead {
  status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  headers: Readonly<Record<string, string>>;
}

export interface HttpAnswer extends HttpHead {
  body: string;
}

export interface HttpFailure {
  /** A system code (`ECONNREFUSED`), undici's (`UND_ERR_HEADERS_TIMEOUT`), or `unknown`. */
  code: string;
  message: string;
  /** False only when it is certain that no byte of the request was written. */
  mayHaveBeenSent: boolean;
  /** Status and headers, when they had come before it broke. */
  head?: HttpHead;
}

/** What became of one request: a whole answer, or how it failed. */
export type HttpExchange = { answer: HttpAnswer } | { failure: HttpFailure };

export interface HttpClient {
  /** Sends one request once, and never rejects. Nothing is repeated, redirected or decompressed. */
  exchange(request: HttpRequest): Promise<HttpExchange>;
  /** Takes no new requests and resolves when those under way have ended. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  baseUrl: string;
  connections: number;
  /** For the connection, for the answer's head, and between parts of its body, each. */
  timeoutMs: number;
  /** Larger answers are broken off. */
  maxBodyBytes: number;
  clock: Clock;
}

/** A body that trickles in without end is broken off after this many time-outs. */
const maxBodyTimeouts = 4;

/**
 * Keep-alive connections are given up after this long without use, before the server's side (typically 5 s or
 * more) closes them under a request.
 */
const keepAliveMs = 4_000;

/** An HTTP/1.1 client for one server, at most `connections` requests at a time, one per connection. */
export function openHttpClient(options: HttpClientOptions): HttpClient {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    connections: options.connections,
    pipelining: 1,
    // Its time-outs are not those of HTTP/1.1, and there onRequestStart would not mean what it means here.
    allowH2: false,
    connect: { timeout: options.timeoutMs },
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    keepAliveTimeout: keepAliveMs,
    maxResponseSize: options.maxBodyBytes,
  });
  return {
    exchange: ({ method, path, headers, body, onWritten }) =>
      new Promise((resolve) => {
        const request = { method, path: `${prefix}${path}`, headers, body: body ?? null };
        const collector = collect(options, resolve, onWritten);
        try {
          pool.dispatch(request, collector);
        } catch (error) {
          // Thrown for a request that could not even be queued: nothing of it was written.
          resolve({ failure: failureOf(error, false, undefined) });
        }
      }),
    close: () => pool.close(),
  };
}

/**
 * Gathers one answer. undici calls `onRequestStart` in the same turn in which it writes to a connected socket, and
 * never before there is one: an error without it is an error before the first byte.
 */
function collect(
  { clock, timeoutMs }: HttpClientOptions,
  resolve: (exchange: HttpExchange) => void,
  onWritten: () => void = () => {},
): Dispatcher.DispatchHandler {
  let started = false;
  let startedAt = 0;
  let head: HttpHead | undefined;
  const chunks: Buffer[] = [];
  return {
    onRequestStart(controller) {
      // Sent on a connection that broke, about to be written again on another: never.
      if (started) return controller.abort(new Error('the request would have been sent twice'));
      started = true;
      startedAt = clock.now();
      onWritten();
    },
    onResponseStart(_controller, status, headers) {
      if (status >= 200) head = { status, headers: joined(headers) };
    },
    onResponseData(controller, chunk) {
      chunks.push(chunk);
      if (clock.now() - startedAt > timeoutMs * maxBodyTimeouts) {
        controller.abort(new Error('the answer did not come to an end'));
      }
    },
    onResponseEnd() {
      if (head) resolve({ answer: { ...head, body: Buffer.concat(chunks).toString('utf8') } });
    },
    onResponseError(_controller, error) {
      resolve({ failure: failureOf(error, started, head) });
    },
  };
}

function failureOf(error: unknown, mayHaveBeenSent: boolean, head: HttpHead | undefined): HttpFailure {
  const failure = {
    code: systemCode(error) ?? 'unknown',
    message: messageOf(error) || (systemCode(error) ?? 'no reason given'),
    mayHaveBeenSent,
  };
  return head ? { ...failure, head } : failure;
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    result[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return result;
}
