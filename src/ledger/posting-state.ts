import { type CallFact, callsAfter, needOf, type ResetBase, toldOf } from './need.ts';

export const postingStates = [
  'due',
  'held',
  'waiting',
  'sending',
  'in-doubt',
  'refused',
  'posted',
  'absorbed',
] as const;

/** What people call the situation of a posting; derived from facts, never set. */
export type PostingState = (typeof postingStates)[number];

/** Everything that a posting's state follows from. Moments in epoch milliseconds. */
export interface PostingFacts {
  recordedAt: number;
  /** In order of time. `doubt`: nobody can say any more, as opposed to still under way. */
  calls: readonly (CallFact & { doubt: boolean })[];
  base: ResetBase | undefined;
  /** When a person last asked to try it again. */
  replayAskedAt: number | undefined;
  /** Its row is inside a reset window. */
  inWindow: boolean;
}

/** The state of a posting, and its need. Pure; the table of docs/decisions/0005-states-are-derived.md. */
export function postingOf(facts: PostingFacts): { state: PostingState; need: number | undefined } {
  const calls = callsAfter(facts.calls, facts.base);
  const need = needOf(facts, facts.calls, facts.base);
  return { need, state: stateOf(need, calls, facts) };
}

function stateOf(
  need: number | undefined,
  calls: PostingFacts['calls'],
  { inWindow, replayAskedAt }: PostingFacts,
): PostingState {
  if (need === undefined) {
    return calls.some((call) => call.outcome === 'unknown' && !call.doubt) ? 'sending' : 'in-doubt';
  }
  if (need === 0) return toldOf(calls) === 0 ? 'absorbed' : 'posted';
  const last = calls.at(-1);
  if (last?.outcome === 'refused' && !(replayAskedAt !== undefined && replayAskedAt > last.sentAt))
    return 'refused';
  if (inWindow) return 'held';
  return last?.outcome === 'not-applied' ? 'waiting' : 'due';
}
