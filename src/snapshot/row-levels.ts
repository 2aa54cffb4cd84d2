import type { Row } from '../ledger/reset-facts.ts';
import { knownBase, type RowSnapshot, resetsOf } from '../ledger/row-story.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { ResetRowSource } from './reset-row-lookup.ts';

/** A row, and the snapshots around it. */
export interface RowHistory {
  row: Row;
  history: readonly RowSnapshot[];
}

/**
 * The histories of rows with the levels that are missing to know which reset counts: rows are looked up in the Reset
 * CSVs of their snapshots, that of the reset last applied first, until one contains them; those of one file in one
 * pass.
 *
 * @throws Problem `reset-file-missing`, `reset-file-unreadable`
 */
export async function withLevels(
  histories: readonly RowHistory[],
  { snapshots, rows }: { snapshots: SnapshotRecords; rows: ResetRowSource },
  signal: AbortSignal,
): Promise<readonly RowHistory[]> {
  let known = histories;
  for (;;) {
    const id = known.map(({ history }) => askedOf(history)).find((asked) => asked !== undefined);
    const snapshot = id === undefined ? undefined : snapshots.get(id);
    if (!snapshot) return known;
    const asking = known.filter(({ history }) => askedOf(history) === id).map(({ row }) => row);
    const found = await rows.lookUp(snapshot, asking, signal);
    known = known.map(({ row, history }) => {
      const index = asking.indexOf(row);
      if (index < 0) return { row, history };
      const level = found[index]?.level ?? null;
      return { row, history: history.map((one) => (one.id === id ? { ...one, level } : one)) };
    });
  }
}

/** The snapshot in whose Reset CSV a row is to be looked up next, if in any. */
function askedOf(history: readonly RowSnapshot[]): number | undefined {
  if (knownBase(history) !== 'unanswered') return undefined;
  return resetsOf(history).findLast(({ level }) => level === undefined)?.id;
}
