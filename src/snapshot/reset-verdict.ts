import type { Decision } from '../ledger/interventions.ts';
import type { LedgerRecords } from '../ledger/ledger-records.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import { checkChange } from '../ledger/snapshot-state.ts';
import { Problem } from '../platform/problem.ts';
import { showLocal } from '../platform/time-zone.ts';
import type { ResetRowSource } from './reset-row-lookup.ts';

export interface VerdictPlace extends Pick<LedgerRecords, 'snapshots' | 'resets' | 'questions' | 'windows'> {
  rows: ResetRowSource;
  timeZone: string;
}

/**
 * Records that somebody knows when the OMS applied a delivered snapshot, however late; what every posting needs follows
 * from it. Returns the snapshot as it is now.
 *
 * @throws Problem `snapshot-unknown`, `snapshot-state`, `reset-time`, `reset-file-missing`, `reset-file-unreadable`
 */
export async function wasApplied(
  place: VerdictPlace,
  id: number,
  appliedAt: number,
  { at, who, reason }: Decision,
  signal = new AbortController().signal,
): Promise<Snapshot> {
  const { snapshots, questions, resets, rows, timeZone } = place;
  const snapshot = delivered(place, id, 'applied');
  checkTime(snapshot, appliedAt, at, timeZone);
  const { rows: inQuestion, upTo } = await questions.ofReset(snapshot);
  const found = await rows.lookUp(snapshot, inQuestion, signal);
  resets.learn({ snapshotId: id, appliedAt, at, who, reason }, { rows: found, upTo });
  return snapshots.get(id) as Snapshot;
}

/**
 * Records that the OMS will never apply a delivered snapshot: it counts as discarded, and its rows are let go.
 *
 * @throws Problem `snapshot-unknown`, `snapshot-state`
 */
export function wasNeverApplied(place: VerdictPlace, id: number, decision: Decision): Snapshot {
  const { snapshots, windows } = place;
  delivered(place, id, 'discarded');
  snapshots.change(id, 'discarded', decision);
  windows.close(id, decision.at, 'never applied');
  return snapshots.get(id) as Snapshot;
}

function delivered({ snapshots }: VerdictPlace, id: number, to: 'applied' | 'discarded'): Snapshot {
  const snapshot = snapshots.get(id);
  checkChange(id, snapshot?.state, to);
  if (snapshot && snapshot.deliveredAt !== null) return snapshot;
  throw new Problem(
    'snapshot-state',
    `Snapshot ${id} is ${snapshot?.state}: it was never delivered.`,
    'Release or discard it.',
  );
}

function checkTime(snapshot: Snapshot, appliedAt: number, now: number, timeZone: string): void {
  const { id, uploadedAt, deliveredAt } = snapshot;
  // A service that ended between the two hears of the delivery after the OMS may have applied it.
  const since = uploadedAt ?? deliveredAt ?? 0;
  if (appliedAt <= now && appliedAt >= since) return;
  const show = (moment: number) => showLocal(moment, timeZone);
  throw new Problem(
    'reset-time',
    `Snapshot ${id} cannot have been applied at ${show(appliedAt)}: it was uploaded at ${show(since)}, and now is ${show(now)}.`,
    'Look up the time in the OMS (Data Manager log) and give it with --at.',
  );
}
