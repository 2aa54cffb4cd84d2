import { expect, test } from 'vitest';
import type { NewMovement } from '../../src/ledger/movement-records.ts';
import type { Database } from '../../src/platform/database.ts';
import { makeLedger, movement, type TestLedger } from '../support/ledger.ts';
import { addSnapshot } from '../support/snapshots.ts';

const minute = 60_000;
const takenAt = Date.UTC(2026, 10, 24, 3);

function postingsOf(database: Database): unknown[] {
  return database.prepare('SELECT * FROM posting ORDER BY movement_id').all();
}

/** Sales and returns of two stores before and after a snapshot, a change of ours and one for Smaregi among them. */
const mixed: NewMovement[] = Array.from({ length: 24 }, (_, number) =>
  movement(`${number}/1/1`, {
    storeId: String(1 + (number % 2)),
    quantity: number % 3 === 0 ? 2 : -1,
    recordedAt: takenAt + ((number % 7) - 3) * minute,
    ...(number % 11 === 5 ? { destination: 'smaregi' as const } : {}),
  }),
);

function addAll({ movements }: TestLedger): void {
  for (const [index, next] of mixed.entries()) {
    if (index % 8 === 3) movements.addEcho({ ...next, key: `echo ${index}` });
    movements.add(next);
  }
}

function learnReset(ledger: TestLedger): void {
  const id = addSnapshot(ledger, { takenAt, deliveredAt: takenAt + minute, storeIds: ['1'] });
  const reset = { snapshotId: id, appliedAt: takenAt + 2 * minute, at: takenAt + 2 * minute };
  const rows = [{ storeId: '1', productCode: '4901234000001', level: 5 }];
  ledger.resets.learn({ ...reset, who: 'test', reason: 'applied' }, { rows, upTo: 0 });
}

function openWindow(ledger: TestLedger): void {
  const id = addSnapshot(ledger, { takenAt, deliveredAt: takenAt + minute, storeIds: ['2'] });
  ledger.windows.open(id, takenAt + minute);
}

test.each([
  ['in a fresh ledger', () => {}, ['due']],
  ['after a reset', learnReset, ['absorbed', 'due']],
  ['in a window', openWindow, ['due', 'held']],
])('postings made together are those made one by one, %s', async (_, prepare, states) => {
  const single = await makeLedger();
  const batch = await makeLedger();
  for (const ledger of [single, batch]) prepare(ledger);
  addAll(single);
  batch.database.transaction(() => batch.movements.together(() => addAll(batch)))();
  expect(postingsOf(batch.database)).toEqual(postingsOf(single.database));
  const found = batch.database.prepare('SELECT DISTINCT state FROM posting ORDER BY state').pluck().all();
  expect(found).toEqual(states);
});

test('a posting is there as soon as it is asked for', async () => {
  const { movements, postings } = await makeLedger();
  movements.together(() => {
    const ids = ['a', 'b'].map((key) => movements.add(movement(key)));
    expect(ids.map((id) => postings.needOf(id))).toEqual([1, 1]);
    movements.add(movement('c'));
  });
  expect(postings.due('hotwax', Date.now(), 10).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});

test('a batch that fails leaves nothing behind for the next', async () => {
  const { database, movements } = await makeLedger();
  const failing = () =>
    movements.together(() => {
      movements.add(movement('a'));
      throw new Error('torn');
    });
  expect(() => database.transaction(failing)()).toThrow('torn');
  movements.add(movement('b'));
  expect(postingsOf(database)).toMatchObject([{ movement_id: 1, state: 'due', need: 1 }]);
});
