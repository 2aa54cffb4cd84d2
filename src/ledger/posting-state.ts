import { type CallFact, callsAfter, needOf, type ResetBase, toldOf } from './need.ts';
import { baseOf, type ResetFact } from './reset-base.ts';

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
  /** Resets that can matter to it; none where the destination is not reset. */
  resets: readonly ResetFact[];
  /** When a person last asked to try it again. */
  replayAskedAt: number | undefined;
  /** Its row is inside a reset window. */
  inWindow: boolean;
}

/** The facts of a movement that neither a reset, a window nor a person ever touched, but for its calls. */
export function loneFacts(recordedAt: number): Omit<PostingFacts, 'calls'> {
  return { recordedAt, resets: [], replayAskedAt: undefined, inWindow: false };
}

/** What a posting is, and what is still needed of it; need undefined: nobody can say. */
export interface Posting {
  state: PostingState;
  need: number | undefined;
}

/**
 * The state of a posting, and its need. Pure; the table of docs/decisions/0005-states-are-derived.md. While it hangs on
 * whether a reset contained its row, and nobody looked that up yet, it is held: it must be neither told nor forgotten.
 */
export function postingOf(facts: PostingFacts): Posting {
  const verdict = baseOf(facts.resets, (one, other) => !same(under(one, facts), under(other, facts)));
  return verdict === 'unanswered' ? { state: 'held', need: undefined } : under(verdict.base, facts);
}

/** What it is if `base` was the reset last applied to its row. */
function under(base: ResetBase | undefined, facts: PostingFacts): Posting {
  const need = needOf(facts, facts.calls, base);
  return { need, state: stateOf(need, callsAfter(facts.calls, base), facts) };
}

function same(one: Posting, other: Posting): boolean {
  return one.state === other.state && one.need === other.need;
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
