/** What one movement adds to a level: to what it should be, to what it is as far as told, and to what it may be. */
export interface Change {
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
): Change {
  const target = wanted * quantity;
  if (need !== null) {
    const now = target - need * quantity;
    return { target, now, low: Math.min(target, now), high: Math.max(target, now) };
  }
  const sum = (outcome: string) =>
    calls.reduce((told, call) => told + (call.outcome === outcome ? call.multiplicity : 0), 0);
  const now = sum('accepted') * quantity;
  const arrived = now + sum('unknown') * quantity;
  return { target, now, low: Math.min(target, now, arrived), high: Math.max(target, now, arrived) };
}
