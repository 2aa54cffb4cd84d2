import { expect, test } from 'vitest';
import { AlarmRecords } from '../../src/ledger/alarm-records.ts';
import { makeLedger } from '../support/ledger.ts';

const cause = { code: 'disk-low', subject: '', message: 'full' };
const minute = 60_000;

async function alarms() {
  const { database } = await makeLedger();
  const records = new AlarmRecords(database);
  return {
    records,
    follow: (causes: (typeof cause)[], now: number) => {
      const { started, ended } = records.follow(causes, { now, calmMs: 2 * minute, channels: ['a', 'b'] });
      return [started.length, ended.length];
    },
    notices: (channel: string) => records.notices(channel).map(({ what, alarm }) => `${what} ${alarm.code}`),
  };
}

test('a cause that comes and goes is one alarm, and it ends when the cause has stayed away', async () => {
  const { follow, notices, records } = await alarms();
  expect(follow([cause], 0)).toEqual([1, 0]);
  records.told('a', records.notices('a'));
  expect(follow([], minute)).toEqual([0, 0]);
  expect(follow([cause], 2 * minute)).toEqual([0, 0]);
  expect(follow([], 3 * minute)).toEqual([0, 0]);
  expect(follow([], 4 * minute)).toEqual([0, 0]);
  expect(follow([], 5 * minute)).toEqual([0, 1]);
  expect(notices('a')).toEqual(['end disk-low']);
  expect(follow([cause], 6 * minute)).toEqual([1, 0]);
});

test('a channel that never heard of the start hears nothing of the end', async () => {
  const { follow, notices, records } = await alarms();
  follow([cause], 0);
  records.told('a', records.notices('a'));
  follow([], minute);
  follow([], 3 * minute);
  expect([notices('a'), notices('b')]).toEqual([['end disk-low'], []]);
});

test('alarms about different subjects are different alarms', async () => {
  const { follow, records } = await alarms();
  const [one, two] = ['1', '2'].map((subject) => ({ code: 'no-sales', subject, message: subject }));
  expect(follow([one ?? cause, two ?? cause], 0)).toEqual([2, 0]);
  follow([two ?? cause], minute);
  expect(follow([two ?? cause], 3 * minute)).toEqual([0, 1]);
  expect(records.open().map(({ subject }) => subject)).toEqual(['2']);
});

test('what channels that are gone were to be told is forgotten', async () => {
  const { follow, notices, records } = await alarms();
  follow([cause], 0);
  records.keepChannels(['b']);
  expect([notices('a'), notices('b')]).toEqual([[], ['start disk-low']]);
});
