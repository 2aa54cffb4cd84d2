import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BackgroundFlush } from '../../src/platform/background-flush.ts';
import { openForReading } from '../../src/platform/database.ts';
import { makeLedger, movement } from '../support/ledger.ts';

test('what is committed without a flush is there for every reader; the database flushes by itself otherwise', async () => {
  const { database, movements, path } = await makeLedger();
  const background = new BackgroundFlush(database);
  const levelIn = () => database.pragma('synchronous', { simple: true });
  const full = levelIn();
  const seen: unknown[] = [];
  const add = database.transaction((key: string) => movements.add(movement(key)));
  background.unflushed(() => {
    seen.push(levelIn());
    add.immediate('1/1/1');
  });
  expect(seen).toEqual([1]);
  expect(levelIn()).toBe(full);
  const reader = openForReading(path);
  expect(reader.prepare('SELECT key FROM movement').pluck().all()).toEqual(['1/1/1']);
  reader.close();
  await background.flush();
  expect(existsSync(`${path}-wal`)).toBe(true);
  background.close();
});

test('after work that fails the database flushes by itself again', async () => {
  const { database } = await makeLedger();
  const background = new BackgroundFlush(database);
  expect(() =>
    background.unflushed(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
});
