import { loadStores } from '../config/store-map.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import { exitCode } from '../platform/exit-code.ts';
import { Problem } from '../platform/problem.ts';
import { showLocal, toIso } from '../platform/time-zone.ts';
import { archivedResetRows } from '../snapshot/reset-row-lookup.ts';
import { wasApplied, wasNeverApplied } from '../snapshot/reset-verdict.ts';
import { discard, release } from '../snapshot/snapshot-decision.ts';
import { type Command, operator, print, table, withLedger } from './command-line.ts';
import { momentOf } from './posting-filter.ts';

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
        'APPLIED',
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
        time(snapshot.appliedAt),
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

/** Lets a held snapshot go to the OMS; the service delivers it. */
export function releaseSnapshot(id: number, reason: string): Command {
  return decide(id, reason, release, 'released; the service delivers it');
}

/** Keeps a snapshot from ever going to the OMS. */
export function discardSnapshot(id: number, reason: string): Command {
  return decide(id, reason, discard, 'discarded; nothing was deleted');
}

function decide(id: number, reason: string, apply: typeof release, done: string): Command {
  return (context) =>
    withLedger(context, async ({ snapshots, folders, configuration: { timeZone } }) => {
      const decision = { at: context.clock.now(), who: operator(context.environment), reason };
      const after = await apply({ snapshots, folders, timeZone }, id, decision);
      print(context, toJson(after), [`Snapshot ${id} is ${done}.`]);
      return exitCode.done;
    });
}

/** Records when the OMS applied a delivered snapshot (`at`: a moment as people write it), or that it never will. */
export function confirmSnapshot(
  id: number,
  { at, never, reason }: { at?: string; never?: boolean; reason: string },
): Command {
  return (context) => {
    if ((at === undefined) === (never !== true)) {
      throw new Problem(
        'usage',
        'Say either --at TIME or --never.',
        'See "flagship snapshots applied --help".',
      );
    }
    return withLedger(context, async (ledger) => {
      const { configuration, folders } = ledger;
      const { timeZone } = configuration;
      const appliedAt = at === undefined ? undefined : momentOf('at', at, timeZone);
      const stores = loadStores(configuration.stores);
      const rows = archivedResetRows({ folders, stores, columns: configuration.reset.columns });
      const place = { ...ledger, rows, timeZone };
      const decision = { at: context.clock.now(), who: operator(context.environment), reason };
      const after =
        appliedAt === undefined
          ? wasNeverApplied(place, id, decision)
          : await wasApplied(place, id, appliedAt, decision);
      const done =
        appliedAt === undefined ? 'was never applied' : `was applied at ${showLocal(appliedAt, timeZone)}`;
      print(context, toJson(after), [
        `Snapshot ${id} ${done}. What the OMS needs to be told follows from that.`,
      ]);
      return exitCode.done;
    });
  };
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
    pickedUpAt: moment(snapshot.pickedUpAt),
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
