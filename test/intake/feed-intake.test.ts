import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FeedIntake, type Receive } from '../../src/intake/feed-intake.ts';
import { carryOn } from '../../src/platform/crash-point.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { encodeCp932 } from '../support/cp932.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { eventually } from '../support/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** An intake on real folders whose clock the test moves; `received` are the names given to `receive`, in order. */
async function startIntake(receive: Receive = async () => {}) {
  const root = await temporaryFolder();
  const inbox = join(root, 'inbox');
  const work = join(root, 'work');
  await mkdir(inbox);
  await mkdir(work);
  const clock = new ManualClock();
  const received: string[] = [];
  const intake = new FeedIntake({
    feed: 'inventory',
    inbox,
    work,
    settleMs: 0,
    scanMs: 1_000,
    receive: async (file, signal) => {
      received.push(file.name);
      await receive(file, signal);
      await rename(file.path, join(root, 'done'));
    },
    clock,
    random: Math.random,
    log: createLogger('silent'),
    reached: carryOn,
  });
  intake.start();
  onTestFinished(() => intake.stop(AbortSignal.abort()));
  return { root, inbox, work, clock, received, intake };
}

test('a file that cannot be taken in keeps no other waiting, and is tried again after a while', async () => {
  let isBroken = true;
  const { inbox, clock, received } = await startIntake(async ({ name }) => {
    if (name === 'a.csv' && isBroken) throw new Error('no right to read it');
  });
  await writeFile(join(inbox, 'a.csv'), 'x');
  await clock.advance(1_000);
  await eventually('the first is tried', () => received.includes('a.csv'));
  await writeFile(join(inbox, 'b.csv'), 'x');
  await eventually('the second is taken', async () => {
    await clock.advance(1_000);
    return received.includes('b.csv');
  });
  expect(received.filter((name) => name === 'a.csv')).toHaveLength(1);

  isBroken = false;
  await clock.advance(30_000);
  await eventually('the first is tried again', () => received.at(-1) === 'a.csv');
});

test('a name too long for anything to be added to it loses its middle, and no other file waits', async () => {
  const { inbox, clock, received } = await startIntake();
  await writeFile(join(inbox, `${'在'.repeat(75)}_20261124_0300.csv`), 'x');
  await writeFile(join(inbox, 'next.csv'), 'x');
  await eventually('both are taken', async () => {
    await clock.advance(1_000);
    return received.length === 2;
  });
  const long = received.find((name) => name !== 'next.csv') ?? '';
  expect(long).toMatch(/^在+…在+_20261124_0300\.csv$/);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(200);
});

test('a name in Shift_JIS, as Windows programs send it, is read as such', async () => {
  const { inbox, clock, received } = await startIntake(async ({ path }) => {
    expect(await readFile(path, 'utf8')).toBe('x');
  });
  const name = '在庫一覧表_20261124.csv';
  await writeFile(Buffer.concat([Buffer.from(`${inbox}/`), encodeCp932(name)]), 'x');
  await eventually('it is taken', async () => {
    await clock.advance(1_000);
    return received.length === 1;
  });
  expect(received).toEqual([name]);
  expect(await readdir(inbox)).toEqual([]);
});
