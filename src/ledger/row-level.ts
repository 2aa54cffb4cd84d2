import type { ListedPosting } from './posting-list.ts';

/** The reset that counts for a row, with the level that it set. Moments in epoch milliseconds. */
export interface LevelBase {
  level: number;
  takenAt: number;
  appliedAt: number;
}

/** What the OMS should hold of a row. */
export interface ExpectedLevel {
  /** Now: the reset's level and what was told since. Without a reset it starts from 0, and is only a difference. */
  now: number;
  /** As soon as everything is told: Smaregi's stock. */
  target: number;
  /** Postings of which nobody can say whether they count in `now`. */
  inDoubt: readonly number[];
}

/** The level that the OMS should hold, from the reset last applied to a row and the row's postings. Pure. */
export function expectedLevel(
  base: LevelBase | undefined,
  postings: readonly Pick<ListedPosting, 'id' | 'destination' | 'recordedAt' | 'quantity' | 'calls'>[],
): ExpectedLevel {
  const expected = { now: base?.level ?? 0, target: base?.level ?? 0, inDoubt: [] as number[] };
  for (const { id, destination, recordedAt, quantity, calls } of postings) {
    if (destination !== 'hotwax') continue;
    if (base === undefined || recordedAt > base.takenAt) expected.target += quantity;
    for (const { sentAt, outcome, multiplicity } of calls) {
      if (base !== undefined && sentAt <= base.appliedAt) continue;
      if (outcome === 'accepted') expected.now += quantity * multiplicity;
      if (outcome === 'unknown') expected.inDoubt.push(id);
    }
  }
  return expected;
}
