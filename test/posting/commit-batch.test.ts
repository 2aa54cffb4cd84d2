import { expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { CommitBatch } from '../../src/posting/commit-batch.ts';
import { makeLedger, movement } from '../support/ledger.ts';

async function batchOn(ledger: Awaited<ReturnType<typeof makeLedger>>) {
  const troubles: (string | undefined)[] = [];
  const { database } = ledger;
  const batch = new CommitBatch({
    database,
    clock: systemClock,
    onTrouble: (trouble) => troubles.push(trouble),
    mayGrow: () => false,
  });
  return { batch, troubles };
}

test('a write that is at fault fails alone; what came with it is written', async () => {
  const ledger = await makeLedger();
  const { batch } = await batchOn(ledger);
  const add = (key: string) => batch.write(() => ledger.movements.add(movement(key)));
  const results = await Promise.allSettled([add('1/1/1'), add('1/1/1'), add('2/1/1')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const keys = ledger.database.prepare('SELECT key FROM movement ORDER BY id').pluck().all();
  expect(keys).toEqual(['1/1/1', '2/1/1']);
});

test('what a full disk does not take waits, in order, and is written when there is room', async () => {
  const ledger = await makeLedger();
  const { batch, troubles } = await batchOn(ledger);
  const { database } = ledger;
  database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
  const long = 'x'.repeat(20_000);
  const waiting = [1, 2, 3].map((n) => batch.write(() => ledger.movements.add(movement(`${n}${long}/1/1`))));
  await systemClock.sleep(50);
  expect(troubles).toEqual([expect.stringContaining('full')]);
  database.pragma('max_page_count = 1000000');
  expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  expect(troubles.at(-1)).toBeUndefined();
});
