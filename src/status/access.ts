import { createHash, timingSafeEqual } from 'node:crypto';
import type { Configuration } from '../config/configuration.ts';
import { isLoopback } from '../config/schema.ts';
import type { HttpServer, ServerRequest } from '../platform/http-server.ts';

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
 * rebinding) and pages of other sites are turned away. On any other address everything but the empty page needs the token. Changes always need
 * it, from a page of ours or from no page at all.
 */
export function guard(server: HttpServer, place: StatusPlace): void {
  const door = { isLocal: isLoopback(place.host), carriesToken: tokenCheck(place.token) };
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const denial = denialOf(request, door);
    if (!denial) return;
    if (denial.status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.code(denial.status).send({ error: denial.error });
  });
}

interface Door {
  isLocal: boolean;
  /** undefined: no token is configured. */
  carriesToken: ((request: ServerRequest) => boolean) | undefined;
}

interface Denial {
  status: 401 | 403;
  error: string;
}

function denialOf(request: ServerRequest, { isLocal, carriesToken }: Door): Denial | undefined {
  // Comes through a proxy, under any name, and proves itself by a secret of its own.
  if (isWebhook(request)) return undefined;
  const path = request.url.split('?')[0] ?? '';
  const { host } = request.headers;
  if (isLocal && !namesLoopback(host))
    return no(`this page is not served under the name ${host ?? '(none)'}`);
  if (fromOtherSite(request) && path !== '/')
    return no('other sites may lead to this page, and nothing else');
  if (isChange(request)) return carriesToken ? changeDenial(request, carriesToken) : no(withoutActions);
  if (isLocal || withoutToken.test(path) || carriesToken?.(request)) return undefined;
  return tokenNeeded;
}

function changeDenial(
  request: ServerRequest,
  carriesToken: NonNullable<Door['carriesToken']>,
): Denial | undefined {
  if (!sameOrigin(request)) return no('changes are made from this page only');
  return carriesToken(request) ? undefined : tokenNeeded;
}

const withoutActions = 'no status.token is configured: the page can only be looked at';
const tokenNeeded: Denial = { status: 401, error: 'a bearer token is needed' };

function no(error: string): Denial {
  return { status: 403, error };
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

/** A page of another site could not read an answer, but keep us busy: a browser says where a request comes from. */
function fromOtherSite({ headers }: ServerRequest): boolean {
  return ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));
}

/** What is no browser says nothing of where it comes from, and has the token by itself. */
function sameOrigin({ headers }: ServerRequest): boolean {
  if (headers.origin === undefined) return true;
  return URL.parse(headers.origin)?.host === headers.host;
}
