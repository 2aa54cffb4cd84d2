import type { Secret } from '../config/secret.ts';
import {
  type BearerSession,
  type GivenToken,
  refusedLogIn,
  renewedSession,
  type TokenResult,
  unauthorised,
} from '../platform/bearer-session.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpClient } from '../platform/http-client.ts';
import { messageOf } from '../platform/problem.ts';
import { outcomeOf } from './outcome.ts';

/** A token made by hand in the OMS. It is read anew each time, so that a changed file or variable is noticed. */
export function tokenSession(secret: Secret): BearerSession {
  const read = (): TokenResult => {
    try {
      return { token: secret.reveal() };
    } catch (error) {
      return { missing: unauthorised(messageOf(error)) };
    }
  };
  return {
    token: async () => read(),
    async replace(rejected) {
      const result = read();
      if ('missing' in result || result.token !== rejected) return result;
      return { missing: unauthorised(`The OMS does not accept the token in ${secret.describe()}`) };
    },
    expiresAt: () => undefined,
    secrets: () => revealed(secret),
  };
}

/** A token is renewed when less than this share of its life is left, at most {@link maxEarlyMs} before the end. */
const earlyShare = 0.1;
const maxEarlyMs = 5 * 60_000;

/** Logs in with a name and a password, as often as a token is needed. */
export function loginSession(options: {
  http: HttpClient;
  clock: Clock;
  username: string;
  password: Secret;
}): BearerSession {
  const { clock, password } = options;
  return renewedSession({ clock, ask: () => askForToken(options), credentials: () => revealed(password) });
}

async function askForToken(options: {
  http: HttpClient;
  clock: Clock;
  username: string;
  password: Secret;
}): Promise<GivenToken | { missing: Outcome }> {
  const { http, clock, username, password } = options;
  const [revealedPassword] = revealed(password);
  if (revealedPassword === undefined) return { missing: unauthorised(`No value in ${password.describe()}`) };
  const exchange = await http.exchange({
    method: 'POST',
    path: '/api/login',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ USERNAME: username, PASSWORD: revealedPassword }),
  });
  const now = clock.now();
  const outcome = outcomeOf(exchange, now, () => [revealedPassword]);
  const answer = 'answer' in exchange ? tokenIn(exchange.answer.body) : undefined;
  if (outcome.kind === 'accepted' && answer) return { ...answer, renewAt: renewAt(answer.expiresAt, now) };
  return { missing: refusedLogIn(outcome) };
}

/** The answer to a log-in: `expirationTime` is in epoch milliseconds, as a number or as text. */
function tokenIn(body: string): { token: string; expiresAt: number | undefined } | undefined {
  try {
    const { token, expirationTime } = JSON.parse(body) as Record<string, unknown>;
    if (typeof token !== 'string' || token === '') return undefined;
    const expiresAt = Number(expirationTime ?? Number.NaN);
    return { token, expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined };
  } catch {
    return undefined;
  }
}

function renewAt(expiresAt: number | undefined, now: number): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY;
  return expiresAt - Math.min(maxEarlyMs, Math.max(0, (expiresAt - now) * earlyShare));
}

function revealed(secret: Secret): string[] {
  try {
    return [secret.reveal()];
  } catch {
    return [];
  }
}
