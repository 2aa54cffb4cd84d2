import type { Snapshot } from '../ledger/snapshot-records.ts';
import { exitCode } from '../platform/exit-code.ts';
import { Problem } from '../platform/problem.ts';
import { showLocal, toIso } from '../platform/time-zone.ts';
import { placeResetFile } from '../snapshot/reset-file.ts';
import { type Command, operator, print, table, withLedger } from './command-line.ts';

/** Lists the snapshots, newest first. */
export function listSnapshots(limit: number): Command {
  return (context) =>
    withLedger(context, ({ snapshots, configuration: { timeZone } }) => {
      const list = snapshots.list(limit);
      const time = (at: number | null) => (at === null ? '-' : showLocal(at, timeZone));
      const heading = [
        'ID',
        'TAKEN',
        'STATE',
        'DELIVERED',
        'ROWS',
        'WRITTEN',
        'REJECTED',
        'STORES',
        'FILE',
        'REASON',
      ];
      const rows = list.map((snapshot) => [
        String(snapshot.id),
        time(snapshot.takenAt),
        snapshot.state,
        time(snapshot.deliveredAt),
        String(snapshot.rows),
        String(snapshot.written),
        String(snapshot.rejected),
        String(snapshot.stores.length),
        snapshot.file,
        snapshot.problem ? snapshot.problem.code : (snapshot.reason ?? ''),
      ]);
      print(context, list.map(toJson), list.length > 0 ? table([heading, ...rows]) : ['No snapshot yet.']);
      return exitCode.done;
    });
}

/** Lets a held snapshot go to the OMS; the service delivers it. @throws Problem `snapshot-empty` */
export function releaseSnapshot(id: number, reason: string): Command {
  return change(id, 'ready', reason, (snapshot) => {
    if (snapshot.written > 0) return;
    throw new Problem(
      'snapshot-empty',
      `Snapshot ${id} of ${snapshot.file} has no row to deliver.`,
      'Discard it, correct the file and drop it again.',
    );
  });
}

/** Keeps a snapshot from ever going to the OMS. @throws Problem `snapshot-state` when the OMS may have it already */
export function discardSnapshot(id: number, reason: string): Command {
  return change(id, 'discarded', reason, (snapshot) => {
    if (snapshot.uploadedAt === null) return;
    throw new Problem(
      'snapshot-state',
      `Snapshot ${id} is uploaded; the OMS may have it already.`,
      'Let it be delivered, then send a newer snapshot.',
    );
  });
}

function change(
  id: number,
  to: 'ready' | 'discarded',
  reason: string,
  allow: (snapshot: Snapshot) => void,
): Command {
  return (context) =>
    withLedger(context, async ({ snapshots, folders, configuration }) => {
      const before = snapshots.get(id);
      if (before) allow(before);
      const at = context.clock.now();
      snapshots.change(id, to, { at, who: operator(context.environment), reason });
      const after = snapshots.get(id);
      if (after) await placeResetFile(after, folders, at, configuration.timeZone);
      const what = to === 'ready' ? 'released; the service delivers it' : 'discarded; nothing was deleted';
      print(context, after && toJson(after), [`Snapshot ${id} is ${what}.`]);
      return exitCode.done;
    });
}

function toJson(snapshot: Snapshot) {
  const moment = (at: number | null) => (at === null ? null : toIso(at));
  const { id, file, sha256, state, reason, rows, written, rejected, problem, resetName } = snapshot;
  return {
    id,
    file,
    sha256,
    takenAt: toIso(snapshot.takenAt),
    deliveredAt: moment(snapshot.deliveredAt),
    appliedAt: moment(snapshot.appliedAt),
    state,
    reason,
    rows,
    written,
    rejected,
    stores: snapshot.stores.map((store) => store.storeId),
    resetFile: resetName,
    problem: problem && { ...problem, at: toIso(problem.at) },
  };
}
