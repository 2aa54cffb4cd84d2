import type { DataFolders } from '../config/data-folders.ts';
import type { Decision } from '../ledger/interventions.ts';
import type { Snapshot, SnapshotRecords } from '../ledger/snapshot-records.ts';
import { checkChange } from '../ledger/snapshot-state.ts';
import { Problem } from '../platform/problem.ts';
import { placeResetFile } from './reset-file.ts';

export interface SnapshotPlace {
  snapshots: SnapshotRecords;
  folders: DataFolders;
  timeZone: string;
}

/**
 * Lets a held snapshot go to the OMS; the service delivers it. Returns it as it is now.
 *
 * @throws Problem `snapshot-unknown`, `snapshot-state`, `snapshot-empty`
 */
export function release(place: SnapshotPlace, id: number, decision: Decision): Promise<Snapshot> {
  return decide(place, id, 'ready', decision);
}

/**
 * Keeps a snapshot from ever going to the OMS. Returns it as it is now.
 *
 * @throws Problem `snapshot-unknown`, `snapshot-state`, also when the OMS may have it already
 */
export function discard(place: SnapshotPlace, id: number, decision: Decision): Promise<Snapshot> {
  return decide(place, id, 'discarded', decision);
}

/** Whether a person may decide so; changes nothing. @throws Problem as {@link release} and {@link discard} */
export function checkDecision(snapshots: SnapshotRecords, id: number, to: 'ready' | 'discarded'): Snapshot {
  const snapshot = snapshots.get(id);
  checkChange(id, snapshot?.state, to);
  if (to === 'ready') checkRelease(snapshot as Snapshot);
  else checkDiscard(snapshot as Snapshot);
  return snapshot as Snapshot;
}

async function decide(
  { snapshots, folders, timeZone }: SnapshotPlace,
  id: number,
  to: 'ready' | 'discarded',
  decision: Decision,
): Promise<Snapshot> {
  checkDecision(snapshots, id, to);
  snapshots.change(id, to, decision);
  const after = snapshots.get(id) as Snapshot;
  await placeResetFile(after, folders, decision.at, timeZone);
  return after;
}

function checkRelease({ id, file, written }: Snapshot): void {
  if (written > 0) return;
  throw new Problem(
    'snapshot-empty',
    `Snapshot ${id} of ${file} has no row to deliver.`,
    'Discard it, correct the file and drop it again.',
  );
}

function checkDiscard({ id, uploadedAt }: Snapshot): void {
  if (uploadedAt === null) return;
  throw new Problem(
    'snapshot-state',
    `Snapshot ${id} is uploaded; the OMS may have it already.`,
    'Let it be delivered, then send a newer snapshot.',
  );
}
