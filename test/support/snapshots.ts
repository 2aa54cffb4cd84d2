import type { LedgerRecords } from '../../src/ledger/ledger-records.ts';

let count = 0;

/** A snapshot in the ledger, taken at `takenAt` (epoch milliseconds), brought as far as `state`. Returns its id. */
export function addSnapshot(
  { files, snapshots, database }: LedgerRecords,
  options: { takenAt: number; deliveredAt?: number; storeIds?: readonly string[] },
): number {
  const { takenAt, deliveredAt, storeIds = ['1'] } = options;
  count += 1;
  const name = `zaiko_${count}.csv`;
  return database.transaction(() => {
    const fileId = files.add({
      feed: 'inventory',
      workName: name,
      name,
      bytes: 1,
      sha256: String(count),
      contentSha256: null,
      modifiedAt: takenAt,
      finishedAt: takenAt,
      outcome: 'accepted',
      reason: null,
      message: null,
      keptAs: name,
      rejectedAs: null,
    });
    const id = snapshots.add(
      {
        fileId,
        takenAt,
        correction: false,
        resetName: `reset_inventory_${count}.csv`,
        resetBytes: 1,
        resetSha256: '',
        rows: 1,
        written: 1,
        rejected: 0,
        stores: storeIds.map((storeId) => ({ storeId, rows: 1, units: 1 })),
        state: 'ready',
        reason: null,
      },
      takenAt,
      'test',
    );
    if (deliveredAt !== undefined) {
      snapshots.change(id, 'delivering', { at: deliveredAt, who: 'test' });
      snapshots.change(id, 'delivered', { at: deliveredAt, who: 'test' });
    }
    return id;
  })();
}
