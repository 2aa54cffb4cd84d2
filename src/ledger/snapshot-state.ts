import { Problem } from '../platform/problem.ts';

export type SnapshotState =
  | 'held'
  | 'ready'
  | 'delivering'
  | 'delivered'
  | 'applied'
  | 'unconfirmed'
  | 'superseded'
  | 'discarded';

/** From each state, the states that may follow. */
const next: Record<SnapshotState, readonly SnapshotState[]> = {
  held: ['ready', 'discarded', 'superseded'],
  ready: ['delivering', 'discarded', 'superseded'],
  delivering: ['delivered', 'superseded', 'discarded'],
  delivered: ['applied', 'unconfirmed', 'discarded'],
  unconfirmed: ['applied', 'discarded'],
  applied: [],
  superseded: [],
  discarded: [],
};

/** @throws Problem `snapshot-unknown` when there is no such snapshot, `snapshot-state` when it may not change so */
export function checkChange(id: number, from: SnapshotState | undefined, to: SnapshotState): void {
  if (from === undefined) {
    throw new Problem(
      'snapshot-unknown',
      `There is no snapshot ${id}.`,
      'List them with "flagship snapshots".',
    );
  }
  if (!next[from].includes(to)) {
    throw new Problem(
      'snapshot-state',
      `Snapshot ${id} is ${from}; it cannot become ${to}.`,
      next[from].length > 0
        ? `From ${from} it can only become ${next[from].join(' or ')}.`
        : 'Nothing can change it now.',
    );
  }
}
