/** The reset last applied (greatest `appliedAt`) whose Reset CSV contained the row of a movement. Epoch milliseconds. */
export interface ResetBase {
  takenAt: number;
  appliedAt: number;
}

/** Who is told. */
export type Destination = 'hotwax' | 'smaregi';

export type CallOutcome = 'unknown' | 'accepted' | 'refused' | 'not-applied';

/** A call as one of its movements sees it. */
export interface CallFact {
  /** Epoch milliseconds. */
  sentAt: number;
  /** +1: told; −1: taken back. */
  multiplicity: number;
  outcome: CallOutcome;
}

/**
 * How often a movement is still to be told: +1 once, 0 not at all, −1 to be taken back, undefined while nobody can
 * say. This is the equation of docs/decisions/0005-states-are-derived.md, whole:
 *
 *     wanted = 1 if recordedAt > T, else 0       the snapshot contains it already
 *     told   = Σ multiplicity over accepted calls with sentAt > A     earlier ones were overwritten
 *     need   = wanted − told
 */
export function needOf(
  movement: { recordedAt: number },
  calls: readonly CallFact[],
  base: ResetBase | undefined,
): number | undefined {
  const standing = callsAfter(calls, base);
  if (standing.some((call) => call.outcome === 'unknown')) return undefined;
  return wantedOf(movement, base) - toldOf(standing);
}

/** 1 when the OMS must be told, 0 when its stock contains the movement by a reset. */
export function wantedOf(movement: { recordedAt: number }, base: ResetBase | undefined): 0 | 1 {
  return base === undefined || movement.recordedAt > base.takenAt ? 1 : 0;
}

/** The calls that no reset has overwritten. */
export function callsAfter<Call extends CallFact>(
  calls: readonly Call[],
  base: ResetBase | undefined,
): readonly Call[] {
  return base === undefined ? calls : calls.filter((call) => call.sentAt > base.appliedAt);
}

/** How often it was told, as far as is known. */
export function toldOf(calls: readonly CallFact[]): number {
  return calls.reduce((told, call) => told + (call.outcome === 'accepted' ? call.multiplicity : 0), 0);
}
