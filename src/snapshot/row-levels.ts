import type { Row } from '../ledger/reset-facts.ts';
import { knownBase, type RowSnapshot, resetsOf } from '../ledger/row-story.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { ResetRowSource } from './reset-row-lookup.ts';

/**
 * The snapshots of a row's history with the levels that are missing to know which reset counts: its row is looked up in
 * their Reset CSVs, that of the reset last applied first, until one contains it.
 *
 * @throws Problem `reset-file-missing`, `reset-file-unreadable`
 */
export async function withLevels(
  row: Row,
  history: readonly RowSnapshot[],
  { snapshots, rows }: { snapshots: SnapshotRecords; rows: ResetRowSource },
  signal: AbortSignal,
): Promise<readonly RowSnapshot[]> {
  let known = history;
  while (knownBase(known) === 'unanswered') {
    const asked = resetsOf(known).findLast(({ level }) => level === undefined);
    const snapshot = asked && snapshots.get(asked.id);
    if (!snapshot) return known;
    const [found] = await rows.lookUp(snapshot, [row], signal);
    const level = found?.level ?? null;
    known = known.map((one) => (one.id === snapshot.id ? { ...one, level } : one));
  }
  return known;
}
