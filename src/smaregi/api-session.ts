import type { Configuration } from '../config/configuration.ts';
import {
  type BearerSession,
  type GivenToken,
  refusedLogIn,
  renewedSession,
  unauthorised,
} from '../platform/bearer-session.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpClient } from '../platform/http-client.ts';
import { messageOf } from '../platform/problem.ts';
import type { Passage } from '../platform/sliding-limit.ts';
import { apiOutcome } from './api-outcome.ts';
import { rowIn, textOf, wholeOf } from './api-row.ts';

export type SmaregiSettings = NonNullable<Configuration['smaregi']>;

/** A token is renewed so long before it ends, or at half its life if that is shorter. */
const earlyMs = 300_000;

/** Without an `expires_in` nobody knows; a short life costs a request now and then. */
const unknownLifeSeconds = 600;

/** Client-credentials tokens of Smaregi, asked for as often as one is needed. `pass`: the limit of requests. */
export function apiSession(options: {
  settings: SmaregiSettings;
  http: HttpClient;
  clock: Clock;
  pass: () => Promise<Passage>;
}): BearerSession {
  const { clock, settings } = options;
  return renewedSession({
    clock,
    ask: () => askForToken(options),
    credentials: () => {
      const secret = secretOf(settings);
      return 'missing' in secret ? [] : [secret.value, basic(settings.clientId, secret.value)];
    },
  });
}

async function askForToken(
  options: Parameters<typeof apiSession>[0],
): Promise<GivenToken | { missing: Outcome }> {
  const { settings, http, clock, pass } = options;
  const secret = secretOf(settings);
  if ('missing' in secret) return secret;
  const credentials = basic(settings.clientId, secret.value);
  const { written, answered } = await pass();
  const exchange = await http.exchange({
    method: 'POST',
    path: tokenPath(settings),
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: String(new URLSearchParams({ grant_type: 'client_credentials', scope: settings.scopes.join(' ') })),
    onWritten: written,
  });
  answered();
  const now = clock.now();
  const outcome = apiOutcome(exchange, now, () => [secret.value, credentials]);
  const answer = 'answer' in exchange ? rowIn(exchange.answer.body) : undefined;
  const token = answer && textOf(answer, 'access_token');
  if (outcome.kind !== 'accepted' || !answer || !token) return { missing: refusedLogIn(outcome) };
  const lifeMs = (wholeOf(answer, 'expires_in') ?? unknownLifeSeconds) * 1000;
  return { token, expiresAt: now + lifeMs, renewAt: now + lifeMs - Math.min(earlyMs, lifeMs / 2) };
}

/** `idUrl` is the host, or the whole address of the token. */
function tokenPath({ idUrl, contractId }: SmaregiSettings): string {
  return /\/token\/?$/.test(new URL(idUrl).pathname) ? '' : `/app/${encodeURIComponent(contractId)}/token`;
}

function basic(clientId: string, secret: string): string {
  return Buffer.from(`${clientId}:${secret}`, 'utf8').toString('base64');
}

function secretOf({ clientSecret }: SmaregiSettings): { value: string } | { missing: Outcome } {
  try {
    return { value: clientSecret.reveal() };
  } catch (error) {
    return { missing: unauthorised(messageOf(error)) };
  }
}
