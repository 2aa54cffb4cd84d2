import type { Outcome } from './call-outcome.ts';
import type { Clock } from './clock.ts';

/** A bearer token, or why there is none (then nothing was sent on its account). */
export type TokenResult = { token: string } | { missing: Outcome };

export interface BearerSession {
  /** The token to send now. */
  token(): Promise<TokenResult>;
  /** A token other than `rejected`, which the server did not accept. */
  replace(rejected: string): Promise<TokenResult>;
  /** When the present token ends, epoch milliseconds, as far as the server said. */
  expiresAt(): number | undefined;
  /** What must never be shown: every value that this session now knows. */
  secrets(): string[];
}

/** A token as the server gave it. Moments in epoch milliseconds. */
export interface GivenToken {
  token: string;
  expiresAt: number | undefined;
  /** From then on a new one is asked for before the next call. */
  renewAt: number;
}

/** After a refused log-in the next is not tried sooner, lest a wrong password lock the account. */
const refusedRestMs = 60_000;

/**
 * Asks for a token when the first is needed, before it ends, and when the server rejects it: once, for everybody who
 * asks meanwhile.
 */
export function renewedSession(options: {
  clock: Pick<Clock, 'now'>;
  ask: () => Promise<GivenToken | { missing: Outcome }>;
  /** What is shown to get a token. */
  credentials: () => string[];
}): BearerSession {
  const { clock, ask, credentials } = options;
  let current: GivenToken | undefined;
  let underWay: Promise<TokenResult> | undefined;
  let refused: { until: number; outcome: Outcome } | undefined;

  const renew = async (): Promise<TokenResult> => {
    if (refused && clock.now() < refused.until) return { missing: refused.outcome };
    const result = await ask();
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
  const renewOnce = () => {
    underWay ??= renew().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    async token() {
      return current && clock.now() < current.renewAt ? { token: current.token } : renewOnce();
    },
    async replace(rejected) {
      return current && current.token !== rejected ? { token: current.token } : renewOnce();
    },
    expiresAt: () => current?.expiresAt,
    secrets: () => [...credentials(), ...(current ? [current.token] : [])],
  };
}

/**
 * A failed log-in, seen from the call that wanted the token: that call was never sent, so whatever became of the
 * log-in, there is no doubt about the call.
 */
export function refusedLogIn(outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'accepted':
      return unauthorised('Log-in: the answer holds no token');
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

export function unauthorised(note: string): Outcome {
  return { kind: 'unauthorised', note, status: undefined };
}
