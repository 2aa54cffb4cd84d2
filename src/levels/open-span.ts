import type { ListedPosting } from '../ledger/posting-list.ts';
import type { LevelBase } from '../ledger/row-level.ts';

/** A level, or what a movement adds to one: what it should be, what it is as far as told, and what it may be. */
export interface Span {
  target: number;
  now: number;
  low: number;
  high: number;
}

/**
 * What a movement adds, of which `wanted` says whether the row's reset lacks it. Where its need is known, it has been
 * told or is open; where not, its calls since the reset (`calls`) may have arrived or not. Pure.
 */
export function openSpan(
  { quantity, need }: { quantity: number; need: number | null },
  wanted: 0 | 1,
  calls: readonly { multiplicity: number; outcome: string }[],
): Span {
  const target = wanted === 1 ? quantity : 0;
  if (need !== null) {
    const now = target - need * quantity;
    return { target, now, low: Math.min(target, now), high: Math.max(target, now) };
  }
  const sum = (outcome: string) =>
    calls.reduce((told, call) => told + (call.outcome === outcome ? call.multiplicity : 0), 0);
  const now = sum('accepted') * quantity + 0; // no negative zero
  const arrived = sum('unknown') * quantity + now;
  return { target, now, low: Math.min(target, now, arrived), high: Math.max(target, now, arrived) };
}

type Told = Pick<ListedPosting, 'destination' | 'recordedAt' | 'quantity'> & {
  calls: readonly Pick<ListedPosting['calls'][number], 'sentAt' | 'outcome' | 'outcomeAt' | 'multiplicity'>[];
};

/**
 * What a level that was read at `readAt` (epoch milliseconds) could be, by all that is known of its row now. What was
 * answered before it was read, was in it; what is answered later, or never, may have been. Pure.
 */
export function spanAt(base: LevelBase | undefined, postings: readonly Told[], readAt: number): Span {
  const level = base?.level ?? 0;
  const span = { target: level, now: level, low: level, high: level };
  for (const { destination, recordedAt, quantity, calls } of postings) {
    if (destination !== 'hotwax') continue;
    const standing = calls.filter(({ sentAt }) => base === undefined || sentAt > base.appliedAt);
    const isCertain = ({ outcome, outcomeAt }: Told['calls'][number]) =>
      outcome === 'accepted' && outcomeAt !== null && outcomeAt < readAt;
    const sum = (chosen: readonly Told['calls'][number][]) =>
      chosen.reduce((told, { multiplicity }) => told + multiplicity, 0) * quantity;
    const wanted = base === undefined || recordedAt > base.takenAt ? quantity : 0;
    const now = sum(standing.filter(isCertain));
    const arrived = sum(standing.filter(({ outcome }) => outcome === 'accepted' || outcome === 'unknown'));
    span.target += wanted;
    span.now += now;
    span.low += Math.min(wanted, now, arrived);
    span.high += Math.max(wanted, now, arrived);
  }
  return span;
}
