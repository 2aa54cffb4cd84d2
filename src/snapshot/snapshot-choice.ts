import type { Snapshot } from '../ledger/snapshot-records.ts';

type Candidate = Pick<Snapshot, 'id' | 'takenAt' | 'correction' | 'stores' | 'uploadedAt' | 'state'>;

/**
 * Which of the snapshots held, ready or under way are to be delivered, in which order, and which are replaced by a
 * newer one and never go. Pure.
 *
 * A snapshot is replaced when a newer one that may go (not a held one) has all of its stores; one whose upload is
 * complete is not, because the OMS may have it already. Among the rest those go first, then the oldest.
 */
export function deliveryOrder<Item extends Candidate>(
  undelivered: Item[],
): { queue: Item[]; superseded: { snapshot: Item; by: number }[] } {
  const superseded: { snapshot: Item; by: number }[] = [];
  const queue: Item[] = [];
  for (const snapshot of undelivered) {
    const newer = undelivered.find((other) => replaces(other, snapshot));
    if (newer && snapshot.uploadedAt === null) superseded.push({ snapshot, by: newer.id });
    else if (snapshot.state !== 'held') queue.push(snapshot);
  }
  return { queue: queue.sort(byTurn), superseded };
}

/**
 * The first in the queue that need not wait. One that waits after a failure keeps back those that share a store with
 * it, which would otherwise be overwritten by older stock, and no others. Pure.
 */
export function firstFree<Item extends Candidate>(
  queue: Item[],
  isWaiting: (snapshot: Item) => boolean,
): Item | undefined {
  const kept = new Set<string>();
  for (const snapshot of queue) {
    const storeIds = snapshot.stores.map((store) => store.storeId);
    if (!isWaiting(snapshot) && !storeIds.some((id) => kept.has(id))) return snapshot;
    for (const id of storeIds) kept.add(id);
  }
  return undefined;
}

function replaces(newer: Candidate, older: Candidate): boolean {
  if (newer.state === 'held' || newer.correction || newer.takenAt <= older.takenAt) return false;
  const stores = new Set(newer.stores.map((store) => store.storeId));
  return older.stores.every((store) => stores.has(store.storeId));
}

function byTurn(a: Candidate, b: Candidate): number {
  const uploaded = Number(b.uploadedAt !== null) - Number(a.uploadedAt !== null);
  return uploaded || a.takenAt - b.takenAt || a.id - b.id;
}
