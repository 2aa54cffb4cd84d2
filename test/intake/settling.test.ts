import { expect, test } from 'vitest';
import { classifyName } from '../../src/intake/inbox-name.ts';
import { Settling, type Sighting } from '../../src/intake/settling.ts';

const file: Sighting = {
  path: '/in/a.csv',
  bytes: 10,
  modifiedAt: 1_000,
  inode: 1,
};

test('a file is complete when it has looked the same for the settle time, also when it was there at start', () => {
  const settling = new Settling<Sighting>(2_000);
  expect(settling.look([file], 5_000)).toEqual({ settled: [], nextInMs: 2_000 });
  expect(settling.look([file], 6_500)).toEqual({ settled: [], nextInMs: 500 });
  expect(settling.look([file], 7_000)).toEqual({ settled: [file], nextInMs: undefined });
});

test.each([
  ['grows', { bytes: 11 }],
  ['is written again with the same size', { modifiedAt: 2_000 }],
  ['is replaced by another of the same name', { inode: 2 }],
])('a file that %s waits the settle time anew', (_what, change) => {
  const settling = new Settling<Sighting>(2_000);
  settling.look([file], 0);
  const changed = { ...file, ...change };
  expect(settling.look([changed], 1_999)).toEqual({ settled: [], nextInMs: 2_000 });
  expect(settling.look([changed], 3_999).settled).toEqual([changed]);
});

test('a clock that is set back delays a file, and no more', () => {
  const settling = new Settling<Sighting>(2_000);
  settling.look([file], 100_000);
  expect(settling.look([file], 50_000)).toEqual({ settled: [], nextInMs: 2_000 });
  expect(settling.look([file], 52_000).settled).toEqual([file]);
});

test('a file that went away and came back starts anew', () => {
  const settling = new Settling<Sighting>(2_000);
  settling.look([file], 0);
  settling.look([], 1_000);
  expect(settling.look([file], 2_500).settled).toEqual([]);
});

test.each([
  ['zaiko.csv', 'take'],
  ['ZAIKO.CSV', 'take'],
  ['zaiko.csv.gz', 'take'],
  ['zaiko.zip', 'take'],
  ['.zaiko.csv', 'unfinished'],
  ['zaiko.csv.tmp', 'unfinished'],
  ['zaiko.csv.part', 'unfinished'],
  ['zaiko.csv.filepart', 'unfinished'],
  ['zaiko.csv.crdownload', 'unfinished'],
  ['zaiko.xlsx', 'foreign'],
  ['zaiko', 'foreign'],
  ['zaiko.gz', 'foreign'],
])('%s is a name to %s', (name, kind) => {
  expect(classifyName(name)).toBe(kind);
});
