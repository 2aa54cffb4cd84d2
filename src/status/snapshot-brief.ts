import type { FileRecord } from '../ledger/file-records.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import { toIso } from '../platform/time-zone.ts';

/** A snapshot as the status tells it. Moments are ISO 8601 in UTC. */
export interface SnapshotBrief {
  id: number;
  file: string;
  takenAt: string;
  deliveredAt: string | null;
  appliedAt: string | null;
  state: string;
  reason: string | null;
  rows: number;
  written: number;
  rejected: number;
  stores: number;
  problem: { code: string; message: string; at: string; attempts: number } | null;
}

/** What happens to every snapshot, in this order. */
export const steps = ['file', 'converted', 'delivered', 'picked-up', 'applied'] as const;

export interface Step {
  step: (typeof steps)[number];
  /** When it was done; null: not yet, or nobody knows. */
  at: string | null;
  /** `unseen`: surely over, since a later step is done, but nobody looked when. */
  state: 'done' | 'now' | 'failed' | 'later' | 'unseen';
}

/** A snapshot on its way from the file to the OMS. */
export interface Timeline extends SnapshotBrief {
  steps: Step[];
  /** The inventory file, where its rejected rows can be had. */
  fileId: number | null;
  hasRejectedRows: boolean;
}

export function snapshotBrief(snapshot: Snapshot): SnapshotBrief {
  const { id, file, state, reason, rows, written, rejected, attempts, problem } = snapshot;
  return {
    id,
    file,
    takenAt: toIso(snapshot.takenAt),
    deliveredAt: moment(snapshot.deliveredAt),
    appliedAt: moment(snapshot.appliedAt),
    state,
    reason,
    rows,
    written,
    rejected,
    stores: snapshot.stores.length,
    problem: problem && { code: problem.code, message: problem.message, at: toIso(problem.at), attempts },
  };
}

export function timelineOf(snapshot: Snapshot, file: FileRecord | undefined): Timeline {
  return {
    ...snapshotBrief(snapshot),
    steps: stepsOf(snapshot, file),
    fileId: file?.id ?? null,
    hasRejectedRows: file?.rejectedAs != null,
  };
}

function stepsOf(snapshot: Snapshot, file: FileRecord | undefined): Step[] {
  const doneAt = [
    file?.modifiedAt ?? snapshot.takenAt,
    file?.finishedAt ?? null,
    snapshot.deliveredAt,
    snapshot.pickedUpAt,
    snapshot.appliedAt,
  ];
  const last = doneAt.findLastIndex((at) => at !== null);
  return steps.map((step, index) => ({
    step,
    at: moment(doneAt[index] ?? null),
    state: doneAt[index] != null ? 'done' : index < last ? 'unseen' : stateAfter(snapshot, index - last),
  }));
}

/** Of a step that is still to come, so many behind the last one that is done. */
function stateAfter({ state, problem }: Snapshot, ahead: number): Step['state'] {
  if (ahead > 1) return 'later';
  if (state === 'held' || state === 'unconfirmed' || problem) return 'failed';
  return state === 'ready' || state === 'delivering' ? 'now' : 'later';
}

function moment(at: number | null): string | null {
  return at === null ? null : toIso(at);
}
