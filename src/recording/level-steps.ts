import { byId, type StockChange } from '../smaregi/stock-change.ts';

/** What the movements of a row have led to. Moments in epoch milliseconds. */
export interface KnownLevel {
  level: number;
  /** The newest change in it; '' where only the level was read. */
  changeId: string;
  updatedAt: number;
}

/** A change that is new to us, and what it did to the level. */
export interface LevelStep {
  change: StockChange;
  /** Zero for a change that moved nothing. */
  quantity: number;
  level: number;
  /** Smaregi's own words do not add up: its `amount` is neither what stock nor what the level changed by. */
  differs: boolean;
}

export interface Steps {
  steps: LevelStep[];
  known: KnownLevel | undefined;
}

type LevelOf = (change: StockChange) => number;

/**
 * The changes of a row's history that are new, each with the difference between the levels after it and before it:
 * levels are what counts, since the sign of `amount` is not the same for every kind. `history` in any order, from the
 * newest back to one that is known or older than `since`, or whole. Pure.
 *
 * Between what is known and the newest change nothing gets lost: a change that was never shown is in the difference of
 * the one after it.
 */
export function newSteps(
  known: KnownLevel | undefined,
  history: readonly StockChange[],
  since: number,
  levelOf: LevelOf,
): Steps {
  const inOrder = [...history].sort(byId);
  const firstNew = inOrder.findIndex((change) => isNew(known, change, since));
  if (firstNew < 0) return { steps: [], known };
  const steps: LevelStep[] = [];
  let before = inOrder[firstNew - 1];
  let level = known?.level ?? (before && levelOf(before));
  let last = known;
  for (const change of inOrder.slice(firstNew)) {
    const after = levelOf(change);
    // The first change ever: only Smaregi knows what was there before.
    const quantity = level === undefined ? (change.amount ?? after) : after - level;
    steps.push({ change, quantity, level: after, differs: differs(change, quantity, before) });
    last = { level: after, changeId: change.id, updatedAt: change.updatedAt };
    level = after;
    before = change;
  }
  return { steps, known: last };
}

/** Whether a page of history, newest first, reaches back far enough. */
export function reachesBack(
  known: KnownLevel | undefined,
  page: readonly StockChange[],
  since: number,
): boolean {
  const oldest = page.at(-1);
  const newest = page[0];
  // A server that does not sort as asked is read to its end.
  if (!oldest || !newest || newest.updatedAt < oldest.updatedAt) return false;
  return oldest.updatedAt < (known?.updatedAt ?? since);
}

function isNew(known: KnownLevel | undefined, change: StockChange, since: number): boolean {
  if (known === undefined) return change.updatedAt >= since;
  if (known.changeId === '') return change.updatedAt > known.updatedAt;
  return byId(change, { id: known.changeId }) > 0;
}

function differs(change: StockChange, quantity: number, before: StockChange | undefined): boolean {
  if (change.amount === undefined || change.amount === quantity) return false;
  return before === undefined || change.amount !== change.stock - before.stock;
}
