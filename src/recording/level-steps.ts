import { byId, type StockChange } from '../smaregi/stock-change.ts';

/** What the movements of a row have led to. Moments in epoch milliseconds. */
export interface KnownLevel {
  level: number;
  /** The newest change that was read of it; '' where only levels were. */
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

/** What is known may have been read before the second of its last change was over. */
const secondMs = 1_000;

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
  const firstNew = firstNewIn(inOrder, known, since, levelOf);
  const newest = inOrder.at(-1);
  if (firstNew === inOrder.length) {
    return { steps: [], known: known && newest ? confirmed(known, newest) : known };
  }
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

/** What is known already, by the change that led to it. */
function confirmed(known: KnownLevel, newest: StockChange): KnownLevel {
  const { id, updatedAt } = newest;
  return byId(newest, { id: known.changeId }) < 0 ? known : { level: known.level, changeId: id, updatedAt };
}

/** Where in a history the new changes begin. */
function firstNewIn(
  history: readonly StockChange[],
  known: KnownLevel | undefined,
  since: number,
  levelOf: LevelOf,
): number {
  const from = (isNew: (change: StockChange) => boolean) => {
    const index = history.findIndex(isNew);
    return index < 0 ? history.length : index;
  };
  if (known === undefined) return from(({ updatedAt }) => updatedAt >= since);
  const { level, changeId, updatedAt } = known;
  const start = changeId === '' ? 0 : from((change) => byId(change, { id: changeId }) > 0);
  const before = history[start - 1];
  if (before && levelOf(before) === level) return start;
  // Levels were compared since: they contain what had happened up to the change that led to the last of them. Should
  // several have, it does not matter which: what is told in the end is the difference to that level.
  const contained = history.findLastIndex(
    (change, index) =>
      index >= start && change.updatedAt <= updatedAt + secondMs && levelOf(change) === level,
  );
  if (contained >= 0) return contained + 1;
  return changeId === '' ? from((change) => change.updatedAt >= updatedAt) : start;
}

function differs(change: StockChange, quantity: number, before: StockChange | undefined): boolean {
  if (change.amount === undefined || change.amount === quantity) return false;
  return before === undefined || change.amount !== change.stock - before.stock;
}
