import type { Decision } from '../ledger/interventions.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import { checkDecision, discard, release, type SnapshotPlace } from '../snapshot/snapshot-decision.ts';
import { type SnapshotBrief, snapshotBrief } from './snapshot-brief.ts';

export interface SnapshotPlan {
  ids: number[];
  snapshot: SnapshotBrief;
  /** What it would replace in the OMS: the one delivered last. */
  before: SnapshotBrief | null;
}

/**
 * What releasing or discarding a snapshot means, and how it is done: by the same rules as the command line.
 *
 * @throws Problem `snapshot-unknown`, `snapshot-state`, `snapshot-empty`
 */
export function planSnapshot(
  place: SnapshotPlace,
  { action, id }: { action: 'release' | 'discard'; id: number },
): { plan: SnapshotPlan; carryOut(decision: Decision): Promise<Snapshot> } {
  const snapshot = checkDecision(place.snapshots, id, action === 'release' ? 'ready' : 'discarded');
  const before = place.snapshots.lastDelivered();
  return {
    plan: { ids: [id], snapshot: snapshotBrief(snapshot), before: before ? snapshotBrief(before) : null },
    carryOut: (decision) => (action === 'release' ? release : discard)(place, id, decision),
  };
}
