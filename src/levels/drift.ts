import type { ExpectedRow } from './expected-levels.ts';
import type { Held } from './held-levels.ts';

/** How a level of the OMS stands to what it should be. */
export const driftClasses = ['equal', 'within-open', 'zeroed', 'lost', 'doubled', 'changed'] as const;

export type DriftClass = (typeof driftClasses)[number];

/** A call that the OMS accepted since the reset of a row: which movements, and what it added to the level. */
export interface ToldCall {
  id: number;
  movements: readonly number[];
  quantity: number;
}

export interface Verdict {
  class: DriftClass;
  /** Of what was lost or doubled: the calls that explain it. */
  calls: readonly ToldCall[];
}

/**
 * What became of a level. In this order: it is what it should be; open postings explain it; the OMS shows nothing by a
 * rule of its own; calls that it accepted are missing, or count twice; somebody else changed it. Pure, but that `told`
 * is asked only where it matters.
 */
export function verdictOf(
  row: Pick<ExpectedRow, 'target' | 'now' | 'low' | 'high'>,
  held: Held | undefined,
  told: () => readonly ToldCall[],
): Verdict {
  const quantity = held?.quantity ?? 0;
  const plain = (name: DriftClass): Verdict => ({ class: name, calls: [] });
  if (quantity === row.target) return plain('equal');
  if (quantity >= row.low && quantity <= row.high) return plain('within-open');
  if (quantity === 0 && held?.reason !== undefined) return plain('zeroed');
  const difference = quantity - row.now;
  const calls = told();
  const lost = callsWithSum(calls, -difference);
  if (lost) return { class: 'lost', calls: lost };
  const doubled = callsWithSum(calls, difference);
  return doubled ? { class: 'doubled', calls: doubled } : plain('changed');
}

/** Whatever more calls would explain, chance explains too. */
const maxCalls = 3;
/** Only so many of the last calls are combined. */
const maxCombined = 40;

/** The fewest calls, newest first, that together added `sum`; undefined when none did. */
function callsWithSum(calls: readonly ToldCall[], sum: number): ToldCall[] | undefined {
  const newest = calls.slice(0, maxCombined);
  for (let count = 1; count <= maxCalls; count += 1) {
    const found = combination(newest, sum, count);
    if (found) return found;
  }
  return undefined;
}

function combination(calls: readonly ToldCall[], sum: number, count: number): ToldCall[] | undefined {
  for (const [index, call] of calls.entries()) {
    if (count === 1 && call.quantity === sum) return [call];
    if (count === 1) continue;
    const rest = combination(calls.slice(index + 1), sum - call.quantity, count - 1);
    if (rest) return [call, ...rest];
  }
  return undefined;
}
