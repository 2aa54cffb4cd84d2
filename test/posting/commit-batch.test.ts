import { expect, test } from 'vitest';
import { BackgroundFlush } from '../../src/platform/background-flush.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { CommitBatch } from '../../src/posting/commit-batch.ts';
import { makeLedger, movement } from '../support/ledger.ts';

async function batchOn(ledger: Awaited<ReturnType<typeof makeLedger>>, background?: BackgroundFlush) {
  const troubles: (string | undefined)[] = [];
  const { database } = ledger;
  const batch = new CommitBatch({
    database,
    write: (works: readonly (() => number | undefined)[]) => works.map((work) => work()),
    clock: systemClock,
    onTrouble: (trouble) => troubles.push(trouble),
    mayGrow: () => false,
    enough: () => 32,
    background,
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

/** A disk that takes its time, or fails, until it is told to go on. */
class SlowDisk extends BackgroundFlush {
  #goOn: () => void = () => {};
  readonly #mayGoOn = new Promise<void>((resolve) => {
    this.#goOn = resolve;
  });
  failures = 0;

  goOn(): void {
    this.#goOn();
  }

  override async flush(): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the disk fails');
    }
    await this.#mayGoOn;
    await super.flush();
  }
}

test('a write is not said to be done before the flush is; what comes meanwhile shares the next', async () => {
  const ledger = await makeLedger();
  const disk = new SlowDisk(ledger.database);
  const { batch } = await batchOn(ledger, disk);
  const done: string[] = [];
  const add = (key: string) =>
    batch.write(() => ledger.movements.add(movement(key))).then(() => done.push(key));
  const keys = () => ledger.database.prepare('SELECT key FROM movement ORDER BY id').pluck().all();
  const first = add('1/1/1');
  await systemClock.sleep(20);
  const more = [add('2/1/1'), add('3/1/1')];
  await systemClock.sleep(20);
  expect([done, keys()]).toEqual([[], ['1/1/1']]);
  disk.goOn();
  await Promise.all([first, ...more]);
  expect(done).toEqual(['1/1/1', '2/1/1', '3/1/1']);
  batch.close();
  disk.close();
});

test('a flush that fails is told and tried again; nothing is said to be done before it works', async () => {
  const ledger = await makeLedger();
  const disk = new SlowDisk(ledger.database);
  disk.failures = 1;
  disk.goOn();
  const { batch, troubles } = await batchOn(ledger, disk);
  const write = batch.write(() => ledger.movements.add(movement('1/1/1')));
  await systemClock.sleep(50);
  expect(troubles).toEqual(['the disk fails']);
  await write;
  expect(troubles.at(-1)).toBeUndefined();
  disk.close();
});

test('what still waits at the end is written, and flushed, at once', async () => {
  const ledger = await makeLedger();
  const disk = new SlowDisk(ledger.database);
  const { batch } = await batchOn(ledger, disk);
  void batch.write(() => ledger.movements.add(movement('1/1/1')));
  batch.close();
  expect(ledger.database.prepare('SELECT key FROM movement').pluck().all()).toEqual(['1/1/1']);
});

test('what is to be done in a turn of the loop comes before the commit of what was written in it', async () => {
  const ledger = await makeLedger();
  const { batch } = await batchOn(ledger);
  const order: string[] = [];
  const add = (key: string) =>
    batch.write(() => {
      order.push(`commit ${key}`);
      return ledger.movements.add(movement(key));
    });
  const first = add('1/1/1');
  setImmediate(() => order.push('a call leaves'));
  await Promise.all([first, add('2/1/1')]);
  expect(order).toEqual(['a call leaves', 'commit 1/1/1', 'commit 2/1/1']);
});
