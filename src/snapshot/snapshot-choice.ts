import type { Snapshot } from '../ledger/snapshot-records.ts';

type Candidate = Pick<Snapshot, 'id' | 'takenAt' | 'correction' | 'stores' | 'uploadedAt' | 'state'>;

/**
 * Which of the snapshots held, ready or under way is delivered next, and which are replaced by a newer one and
 * never go. Pure.
 *
 * A snapshot is replaced when a newer one that may go (not a held one) has all of its stores; one whose upload is
 * complete is not, because the OMS may have it already. Among the rest that one goes first, then the oldest.
 */
export function chooseNext<Item extends Candidate>(
  undelivered: Item[],
): { next: Item | undefined; superseded: { snapshot: Item; by: number }[] } {
  const superseded: { snapshot: Item; by: number }[] = [];
  const stay: Item[] = [];
  for (const snapshot of undelivered) {
    const newer = undelivered.find((other) => replaces(other, snapshot));
    if (newer && snapshot.uploadedAt === null) superseded.push({ snapshot, by: newer.id });
    else if (snapshot.state !== 'held') stay.push(snapshot);
  }
  return { next: stay.sort(byTurn)[0], superseded };
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
