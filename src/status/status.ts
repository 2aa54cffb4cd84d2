import type { Configuration } from '../config/configuration.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import type { Snapshot, SnapshotRecords } from '../ledger/snapshot-records.ts';
import { nextTimeOfDay, showLocal, toIso } from '../platform/time-zone.ts';

/** What the status page, `/status.json` and `flagship status` say. Moments are ISO 8601 in UTC. */
export interface Status {
  at: string;
  timeZone: string;
  /** One sentence of truth, for a person. */
  sentence: string;
  /** `attention`: a person must do something. `waiting`: in hand. `ok`: nothing to do. */
  level: 'ok' | 'waiting' | 'attention';
  nextReset: string;
  /** The snapshot that was delivered last. */
  delivered: SnapshotBrief | null;
  /** Snapshots on their way, with what keeps them. */
  undelivered: SnapshotBrief[];
  /** Snapshots that wait for a person. */
  held: SnapshotBrief[];
  /** Files that were refused since the last delivered snapshot was taken. */
  refused: { file: string; at: string; reason: string; message: string }[];
}

export interface SnapshotBrief {
  id: number;
  file: string;
  takenAt: string;
  deliveredAt: string | null;
  state: string;
  reason: string | null;
  rows: number;
  written: number;
  rejected: number;
  problem: { code: string; message: string; at: string; attempts: number } | null;
}

const dayMs = 86_400_000;
/** A refused file is news until a later snapshot is delivered; this many at most are named. */
const refusedLimit = 20;

/** Reads the state of the snapshots from the ledger and says what it means at `now`. */
export function readStatus(
  { files, snapshots }: { files: FileRecords; snapshots: SnapshotRecords },
  { timeZone, reset }: Pick<Configuration, 'timeZone' | 'reset'>,
  now: number,
): Status {
  const delivered = snapshots.lastDelivered();
  const undelivered = snapshots.inState('ready', 'delivering');
  const held = snapshots.inState('held');
  const nextReset = nextTimeOfDay(now, reset.appliesAt, timeZone);
  const deadline = nextTimeOfDay(nextReset - dayMs, reset.deadline, timeZone);
  const refused = files
    .refused(refusedLimit)
    .filter((file) => file.finishedAt > (delivered?.deliveredAt ?? 0))
    .map(({ name, finishedAt, reason, message }) => ({
      file: name,
      at: toIso(finishedAt),
      reason: reason ?? '',
      message: message ?? '',
    }));
  const verdict = judge({ delivered, undelivered, held, refused, nextReset, deadline, now, timeZone });
  return {
    at: toIso(now),
    timeZone,
    ...verdict,
    nextReset: toIso(nextReset),
    delivered: delivered ? brief(delivered) : null,
    undelivered: undelivered.map(brief),
    held: held.map(brief),
    refused,
  };
}

interface Situation {
  delivered: Snapshot | undefined;
  undelivered: Snapshot[];
  held: Snapshot[];
  refused: Status['refused'];
  nextReset: number;
  deadline: number;
  now: number;
  timeZone: string;
}

/** The most urgent truth first. Pure. */
function judge(situation: Situation): Pick<Status, 'sentence' | 'level'> {
  const { delivered, undelivered, held, refused, nextReset, deadline, now, timeZone } = situation;
  const clock = (at: number) => showLocal(at, timeZone).slice(11, 16);
  const next = `Next reset ${clock(nextReset)}.`;
  const failing = undelivered.find((snapshot) => snapshot.problem);
  if (failing?.problem) {
    const { code, message } = failing.problem;
    const late = now > deadline ? ' The deadline has passed.' : '';
    return {
      level: 'attention',
      sentence: `The snapshot of ${clock(failing.takenAt)} is not delivered (${code}: ${message}). It is tried again.${late} ${next}`,
    };
  }
  const waiting = held[0];
  if (waiting) {
    return {
      level: 'attention',
      sentence: `Snapshot ${waiting.id} of ${waiting.file} is held (${waiting.reason}): release or discard it. ${next}`,
    };
  }
  if (undelivered[0]) {
    return {
      level: 'waiting',
      sentence: `The snapshot of ${clock(undelivered[0].takenAt)} is being delivered. ${next}`,
    };
  }
  if (refused[0]) {
    return { level: 'attention', sentence: `${refused[0].file} was refused (${refused[0].reason}). ${next}` };
  }
  if (delivered?.deliveredAt && delivered.deliveredAt > nextReset - dayMs) {
    return {
      level: 'ok',
      sentence: `The snapshot of ${clock(delivered.takenAt)} was delivered at ${clock(delivered.deliveredAt)}. ${next}`,
    };
  }
  if (now > deadline) {
    return {
      level: 'attention',
      sentence: `No snapshot came by the deadline of ${clock(deadline)}. ${next}`,
    };
  }
  return {
    level: 'waiting',
    sentence: `Waiting for the snapshot of the day, due by ${clock(deadline)}. ${next}`,
  };
}

function brief(snapshot: Snapshot): SnapshotBrief {
  const { id, file, state, reason, rows, written, rejected, attempts, problem } = snapshot;
  return {
    id,
    file,
    takenAt: toIso(snapshot.takenAt),
    deliveredAt: snapshot.deliveredAt === null ? null : toIso(snapshot.deliveredAt),
    state,
    reason,
    rows,
    written,
    rejected,
    problem: problem && { code: problem.code, message: problem.message, at: toIso(problem.at), attempts },
  };
}
