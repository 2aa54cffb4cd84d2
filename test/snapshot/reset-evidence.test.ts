import { expect, test } from 'vitest';
import { importLogEvidence } from '../../src/snapshot/reset-evidence.ts';

const resetName = 'reset_inventory_20261124_030000.csv';
const { signal } = new AbortController();

/** What the import log shows of a file whose entry says this. */
async function signOf(entry: object) {
  const doc = { logId: 'M1', contentName: `/home/oms/${resetName}`, ...entry };
  const [sign] = await importLogEvidence({ performFind: async () => ({ count: 1, docs: [doc] }) }).look(
    [{ resetName }],
    signal,
  );
  return sign;
}

const finishedAt = Date.UTC(2026, 10, 23, 20, 31, 2, 123);

test.each([
  ['a number', finishedAt],
  ['digits', String(finishedAt)],
  ['a text with its zone', '2026-11-24T05:31:02.123+09:00'],
  ['a text in UTC', '2026-11-23 20:31:02.123Z'],
])('a finished import tells its time: %s', async (_, finishDateTime) => {
  expect(await signOf({ statusId: 'SERVICE_FINISHED', finishDateTime })).toEqual({
    is: 'finished',
    finishedAt,
  });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty text', ''],
  ['a wall-clock time of nobody knows where', '2026-11-24 05:31:02.123'],
  ['no time at all', 'yesterdayZ'],
  ['zero', 0],
])('a finished import without a clear time is finished all the same: %s', async (_, finishDateTime) => {
  expect(await signOf({ statusId: 'DmlsFinished', finishDateTime })).toEqual({
    is: 'finished',
    finishedAt: undefined,
  });
});

test.each([
  ['SERVICE_RUNNING', { is: 'none' }],
  ['DmlsCrashed', { is: 'failed' }],
])('%s is a sign of its own', async (statusId, sign) => {
  expect(await signOf({ statusId, finishDateTime: finishedAt })).toEqual(sign);
});

test('a file that the log does not know gave no sign', async () => {
  expect(await signOf({ contentName: 'reset_inventory_20261123_030000.csv' })).toEqual({ is: 'none' });
});
