import { type Backoff, backoffMs } from '../platform/backoff.ts';
import type { Outcome } from '../platform/call-outcome.ts';

/** What the pace must know of each answer: it was let in, it was asked to wait, or nothing came of it. */
export type Signal =
  | { kind: 'served' }
  | { kind: 'throttled'; retryAfterMs: number | undefined }
  | { kind: 'unauthorised' }
  | { kind: 'failed' };

export function signalOf(outcome: Outcome): Signal {
  switch (outcome.kind) {
    case 'accepted':
    case 'refused':
      return { kind: 'served' };
    case 'throttled':
      return { kind: 'throttled', retryAfterMs: outcome.retryAfterMs };
    case 'unauthorised':
      return { kind: 'unauthorised' };
    case 'not-sent':
    case 'in-doubt':
      return { kind: 'failed' };
  }
}

export interface PaceState {
  /** How many calls may be under way at once. */
  concurrency: number;
  /** Nothing starts before this moment, in epoch milliseconds. */
  pausedUntil: number;
  /** Answers in a row that were no service. */
  failures: number;
  /** Served answers since the concurrency last rose. */
  served: number;
}

/** So many failures in a row, whatever came under way together with them, and the OMS counts as dead. */
const deadAfterFailures = 5;

/** Between probes of a dead or throttling OMS. */
const probing: Backoff = { firstMs: 1_000, maxMs: 30_000 };

/** A rejected token or log-in needs a person, who is told; asking more often than this helps nobody. */
const unauthorisedPauseMs = 30_000;

export function startPace(concurrency: number): PaceState {
  return { concurrency, pausedUntil: 0, failures: 0, served: 0 };
}

/**
 * The pace after one more answer. Throttling pauses everyone for as long as the OMS asks and then begins with one call
 * at a time; a dead OMS is probed by one call at a time; each service lets the number climb back. Pure.
 */
export function paceAfter(
  state: PaceState,
  signal: Signal,
  { now, maxConcurrency, random }: { now: number; maxConcurrency: number; random: () => number },
): PaceState {
  const failures = state.failures + 1;
  const slow = (pauseMs: number): PaceState => ({
    concurrency: 1,
    pausedUntil: Math.max(state.pausedUntil, now + pauseMs),
    failures,
    served: 0,
  });
  switch (signal.kind) {
    case 'served':
      return climb(state, maxConcurrency);
    case 'throttled':
      return slow(signal.retryAfterMs ?? backoffMs(probing, failures, random));
    case 'unauthorised':
      return slow(unauthorisedPauseMs);
    case 'failed':
      if (failures < deadAfterFailures) return { ...state, failures, served: 0 };
      return slow(backoffMs(probing, failures - deadAfterFailures + 1, random));
  }
}

/** One more at a time for every full round of served calls. */
function climb(state: PaceState, maxConcurrency: number): PaceState {
  const served = state.served + 1;
  const rises = served >= state.concurrency && state.concurrency < maxConcurrency;
  return {
    ...state,
    failures: 0,
    concurrency: rises ? state.concurrency + 1 : state.concurrency,
    served: rises ? 0 : served,
  };
}
