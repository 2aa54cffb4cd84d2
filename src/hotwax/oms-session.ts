import type { Secret } from '../config/secret.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpClient } from '../platform/http-client.ts';
import { messageOf } from '../platform/problem.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

/** A bearer token, or why there is none (then nothing was sent on its account). */
export type TokenResult = { token: string } | { missing: Outcome };

export interface OmsSession {
  /** The token to send now. */
  token(): Promise<TokenResult>;
  /** A token other than `rejected`, which the OMS did not accept. */
  replace(rejected: string): Promise<TokenResult>;
  /** When the present token ends, epoch milliseconds, as far as the log-in said. */
  expiresAt(): number | undefined;
  /** What must never be shown: every value that this session now knows. */
  secrets(): string[];
}

/** A token made by hand in the OMS. It is read anew each time, so that a changed file or variable is noticed. */
export function tokenSession(secret: Secret): OmsSession {
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

/** After a refused log-in the next is not tried sooner, lest a wrong password lock the account. */
const refusedRestMs = 60_000;

interface Login {
  token: string;
  expiresAt: number | undefined;
  renewAt: number;
}

/**
 * Logs in with a name and a password, renews before the end, and logs in again when the OMS rejects the token:
 * once, for everybody who asks meanwhile.
 */
export function loginSession(options: {
  http: HttpClient;
  clock: Clock;
  username: string;
  password: Secret;
}): OmsSession {
  const { clock } = options;
  let current: Login | undefined;
  let underWay: Promise<TokenResult> | undefined;
  let refused: { until: number; outcome: Outcome } | undefined;

  const logIn = async (): Promise<TokenResult> => {
    if (refused && clock.now() < refused.until) return { missing: refused.outcome };
    const result = await askForToken(options);
    if ('missing' in result) {
      current = undefined;
      if (result.missing.kind === 'unauthorised') {
        refused = { until: clock.now() + refusedRestMs, outcome: result.missing };
      }
      return result;
    }
    refused = undefined;
    current = result;
    return { token: result.token };
  };
  const logInOnce = () => {
    underWay ??= logIn().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    async token() {
      return current && clock.now() < current.renewAt ? { token: current.token } : logInOnce();
    },
    async replace(rejected) {
      return current && current.token !== rejected ? { token: current.token } : logInOnce();
    },
    expiresAt: () => current?.expiresAt,
    secrets: () => [...revealed(options.password), ...(current ? [current.token] : [])],
  };
}

async function askForToken(options: {
  http: HttpClient;
  clock: Clock;
  username: string;
  password: Secret;
}): Promise<Login | { missing: Outcome }> {
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
  const outcome = outcomeOf(exchange, now, [revealedPassword]);
  const answer = 'answer' in exchange ? tokenIn(exchange.answer.body) : undefined;
  if (outcome.kind === 'accepted' && answer) return { ...answer, renewAt: renewAt(answer.expiresAt, now) };
  return { missing: refusalOf(outcome) };
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

/**
 * A failed log-in, seen from the call that wanted the token: that call was never sent, so whatever became of the
 * log-in, there is no doubt about the call.
 */
function refusalOf(outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'accepted':
      return unauthorised('Log-in: the OMS gave no token');
    case 'throttled':
      return { ...outcome, note: `Log-in: ${outcome.note}` };
    case 'refused':
    case 'unauthorised':
      return unauthorised(`Log-in refused: ${outcome.note}`);
    case 'not-sent':
    case 'in-doubt':
      return { kind: 'not-sent', note: `Log-in: ${outcome.note}` };
  }
}

function unauthorised(note: string): Outcome {
  return { kind: 'unauthorised', note, status: undefined };
}

function revealed(secret: Secret): string[] {
  try {
    return [secret.reveal()];
  } catch {
    return [];
  }
}
