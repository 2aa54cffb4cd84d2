import { createHash, timingSafeEqual } from 'node:crypto';
import type { Configuration } from '../config/configuration.ts';
import { isLoopback } from '../config/schema.ts';
import type { HttpServer, ServerReply, ServerRequest } from '../platform/http-server.ts';

export type StatusPlace = NonNullable<Configuration['status']>;

/** Nothing but our own files, no inline script or style, no frame; what is not listed here is forbidden. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** What a person needs to be asked for the token with; none of it says anything about the retailer. */
const withoutToken = /^\/(page\/[\w.-]+|health\/(live|ready))?$/;

/**
 * Who may ask what. On loopback everybody on this machine may look; names that only resolve to loopback (DNS
 * rebinding) are turned away. On any other address everything but the empty page needs the token. Changes always need
 * it, from a page of ours or from no page at all.
 */
export function guard(server: HttpServer, place: StatusPlace): void {
  const local = isLoopback(place.host);
  const token = tokenCheck(place.token);
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    // Comes through a proxy, under any name, and proves itself by a secret of its own.
    if (isWebhook(request)) return;
    if (local && !namesLoopback(request.headers.host)) {
      return refuse(reply, 403, `this page is not served under the name ${request.headers.host ?? '(none)'}`);
    }
    const path = request.url.split('?')[0] ?? '';
    if (isChange(request)) {
      if (!sameOrigin(request)) return refuse(reply, 403, 'changes are made from this page only');
      if (!token) return refuse(reply, 403, 'no status.token is configured: the page can only be looked at');
    } else if (local || withoutToken.test(path)) return;
    if (token?.(request)) return;
    reply.header('www-authenticate', 'Bearer');
    return refuse(reply, 401, 'a bearer token is needed');
  });
}

/** Whether a request carries the token; undefined when none is configured. */
export function tokenCheck(token: StatusPlace['token']): ((request: ServerRequest) => boolean) | undefined {
  if (!token) return undefined;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return (request) =>
    timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token.reveal()}`));
}

function isWebhook({ method, url }: ServerRequest): boolean {
  return method === 'POST' && url.startsWith('/webhooks/');
}

function isChange({ method }: ServerRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

function namesLoopback(host: string | undefined): boolean {
  return isLoopback(
    (host ?? '')
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase(),
  );
}

/** A browser says where a request comes from; what is no browser says nothing and has the token by itself. */
function sameOrigin({ headers }: ServerRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (headers.origin === undefined) return true;
  return URL.parse(headers.origin)?.host === headers.host;
}

function refuse(reply: ServerReply, status: number, error: string): ServerReply {
  return reply.code(status).send({ error });
}
