import { expect, test } from 'vitest';
import type { Row } from '../../src/ledger/reset-facts.ts';
import { carryOn } from '../../src/platform/crash-point.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Sign } from '../../src/snapshot/reset-evidence.ts';
import { ResetWatch } from '../../src/snapshot/reset-watch.ts';
import { countStates, makeLedger, movement } from '../support/ledger.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { addSnapshot } from '../support/snapshots.ts';

const midnight = Date.parse('2026-11-24T00:00:00+09:00');
const at = (time: string) => Date.parse(`2026-11-24T${time}:00+09:00`);
const minute = 60_000;

/** A ledger with a watch over it, whose OMS answers what the test says. */
async function watched(confirm: 'schedule' | 'pickup') {
  const ledger = await makeLedger();
  const clock = new ManualClock(midnight);
  const oms = { sign: { is: 'none' } as Sign, has: (_row: Row) => true };
  const looked: string[][] = [];
  const watch = new ResetWatch({
    ...ledger,
    configuration: {
      timeZone: 'Asia/Tokyo',
      oms: { timeoutSeconds: 30 },
      reset: {
        columns: ['facilityId', 'idValue', 'availableQty'],
        lineEnd: 'lf',
        comments: '',
        deadline: '05:00',
        appliesAt: '05:30',
        confirm,
        windowLeadMinutes: 10,
        confirmMarginMinutes: 45,
        holdLimitMinutes: 180,
        pollSeconds: 15,
      },
    },
    rows: {
      async lookUp(_snapshot, rows) {
        looked.push(rows.map(({ productCode }) => productCode));
        return rows.map((row) => ({ ...row, level: oms.has(row) ? 5 : null }));
      },
    },
    evidence: confirm === 'schedule' ? undefined : { look: async (all) => all.map(() => oms.sign) },
    clock,
    log: createLogger('silent'),
    reached: carryOn,
    onChange: () => {},
  });
  const stop = new AbortController();
  stop.abort();
  return {
    ...ledger,
    clock,
    oms,
    looked,
    watch,
    stop: () => watch.stop(stop.signal),
    sell: (key: string, time: string, productCode = '1') =>
      ledger.database.transaction(() =>
        ledger.movements.add(movement(key, { recordedAt: at(time), productCode })),
      )(),
    states: () => countStates(ledger.database),
    /** Moves to a time of the day, minute by minute, so that every loop runs on the way. */
    async until(time: string) {
      while (clock.now() < at(time)) {
        await clock.advance(Math.min(minute, at(time) - clock.now()));
        for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

/** By schedule: a file is uploaded, and the rename that gives it its name has begun. */
async function publishing() {
  const all = await watched('schedule');
  const { snapshots, watch, clock } = all;
  const id = addSnapshot(all, { takenAt: at('03:00') });
  snapshots.change(id, 'delivering', { at: clock.now(), who: 'test' });
  snapshots.markUploaded(id, at('03:10'), 'sftp://oms.example/incoming');
  watch.start();
  await watch.beforePublishing(id, new AbortController().signal);
  return { ...all, id };
}

test('by schedule, rows are held from before the job until it must be over', async () => {
  const { sell, states, until, watch, stop, snapshots, ...ledger } = await watched('schedule');
  const id = addSnapshot({ ...ledger, snapshots }, { takenAt: at('03:00'), deliveredAt: at('03:10') });
  sell('a', '02:00');
  sell('b', '04:00');
  watch.start();
  await until('05:19');
  expect(states()).toEqual({ due: 2 });
  await until('05:21');
  expect(states()).toEqual({ held: 2 });
  sell('late', '05:22');
  expect(states()).toEqual({ held: 3 });
  await until('06:15');
  expect(states()).toEqual({ held: 3 });
  await until('06:17');
  expect(states()).toEqual({ absorbed: 1, due: 2 });
  expect(snapshots.get(id)).toMatchObject({ state: 'applied', appliedAt: at('06:15') });
  await stop();
});

test('a service that starts inside the window holds before anything can be posted', async () => {
  const { sell, states, until, watch, stop, ...ledger } = await watched('schedule');
  addSnapshot(ledger, { takenAt: at('03:00'), deliveredAt: at('03:10') });
  sell('a', '04:00');
  await until('05:25');
  watch.start();
  expect(states()).toEqual({ held: 1 });
  await stop();
});

test('a row that is not in the Reset CSV is let go inside the window, and untouched by the reset', async () => {
  const { sell, states, until, watch, stop, oms, looked, ...ledger } = await watched('schedule');
  oms.has = ({ productCode }) => productCode === '1';
  addSnapshot(ledger, { takenAt: at('03:00'), deliveredAt: at('03:10') });
  sell('in', '02:00', '1');
  sell('out', '02:00', '2');
  watch.start();
  await until('05:22');
  expect(states()).toEqual({ held: 1, due: 1 });
  await until('06:17');
  expect(states()).toEqual({ absorbed: 1, due: 1 });
  // Each row was looked up once.
  expect(looked.flat().sort()).toEqual(['1', '2']);
  await stop();
});

test('a store that is missing in the file is never held', async () => {
  const { sell, states, until, watch, stop, ...ledger } = await watched('schedule');
  addSnapshot(ledger, { takenAt: at('03:00'), deliveredAt: at('03:10'), storeIds: ['2'] });
  sell('a', '02:00');
  watch.start();
  await until('05:25');
  expect(states()).toEqual({ due: 1 });
  await until('06:20');
  expect(states()).toEqual({ due: 1 });
  await stop();
});

test('silence ends at the limit: unconfirmed, let go, nothing concluded', async () => {
  const { sell, states, until, watch, stop, snapshots, windows, clock, ...ledger } = await watched('pickup');
  const id = addSnapshot({ ...ledger, snapshots, windows }, { takenAt: at('00:00') });
  sell('a', '00:10');
  watch.start();
  await watch.beforePublishing(id, new AbortController().signal);
  snapshots.change(id, 'delivering', { at: clock.now(), who: 'test' });
  snapshots.change(id, 'delivered', { at: clock.now(), who: 'test' });
  await until('02:59');
  expect(states()).toEqual({ held: 1 });
  await until('03:02');
  expect(states()).toEqual({ due: 1 });
  expect(snapshots.get(id)?.state).toBe('unconfirmed');
  expect(windows.allOpen()).toEqual([]);
  await stop();
});

test('a window whose file is never published does not hold sales for ever', async () => {
  const { sell, states, until, watch, stop, snapshots, clock, ...ledger } = await watched('pickup');
  const id = addSnapshot({ ...ledger, snapshots }, { takenAt: at('00:00') });
  snapshots.change(id, 'delivering', { at: clock.now(), who: 'test' });
  sell('a', '00:10');
  watch.start();
  await watch.beforePublishing(id, new AbortController().signal);
  await until('02:59');
  expect(states()).toEqual({ held: 1 });
  await until('03:02');
  expect(states()).toEqual({ due: 1 });
  await stop();
});

test('a file gets its name only when no call about its stores is under way', async () => {
  const { sell, until, watch, stop, calls, clock, database, ...ledger } = await watched('pickup');
  const id = addSnapshot({ ...ledger, calls, database }, { takenAt: at('00:00') });
  const movementId = sell('a', '00:10');
  const call = { destination: 'hotwax' as const, quantity: -1, reason: 'POS_SALE' };
  const callId = database.transaction(() =>
    calls.open({ ...call, movements: [{ id: movementId, multiplicity: 1 }] }, clock.now()),
  )();
  let published = false;
  const publishing = watch.beforePublishing(id, new AbortController().signal).then(() => {
    published = true;
  });
  await until('00:05');
  expect(published).toBe(false);
  database.transaction(() =>
    calls.close(callId, { outcome: 'accepted', at: clock.now(), by: 'flagship', note: null }),
  )();
  await until('00:06');
  await publishing;
  expect(published).toBe(true);
  await stop();
});

test('nor while a call in doubt is so young that it may still reach the OMS', async () => {
  const { sell, until, watch, stop, calls, clock, database, ...ledger } = await watched('pickup');
  const id = addSnapshot({ ...ledger, calls, database }, { takenAt: at('00:00') });
  const movements = [{ id: sell('a', '00:10'), multiplicity: 1 as const }];
  const call = { destination: 'hotwax' as const, quantity: -1, reason: 'POS_SALE', movements };
  database.transaction(() => {
    calls.doubt(calls.open(call, clock.now()), clock.now(), 'the service ended before the answer came');
  })();
  let published = false;
  const publishing = watch.beforePublishing(id, new AbortController().signal).then(() => {
    published = true;
  });
  await until('00:01');
  expect(published).toBe(false);
  await until('00:05');
  await publishing;
  expect(published).toBe(true);
  await stop();
});

test('knowledge that comes late and in the wrong order counts the same', async () => {
  const { sell, states, watch, stop, resets, database, ...ledger } = await watched('schedule');
  const first = addSnapshot(
    { ...ledger, resets, database },
    { takenAt: at('01:00'), deliveredAt: at('01:10') },
  );
  const second = addSnapshot(
    { ...ledger, resets, database },
    { takenAt: at('03:00'), deliveredAt: at('03:10') },
  );
  sell('a', '02:00');
  const known = (snapshotId: number, time: string) => ({
    snapshotId,
    appliedAt: at(time),
    at: at('09:00'),
    who: 'test',
    reason: 'said so',
  });
  const rows = [{ storeId: '1', productCode: '1', level: 5 }];
  resets.learn(known(second, '03:30'), { rows, upTo: 1 });
  expect(states()).toEqual({ absorbed: 1 });
  // Known last, and applied last: its snapshot is older than the sale, which must be told again.
  resets.learn(known(first, '04:00'), { rows, upTo: 1 });
  expect(states()).toEqual({ due: 1 });
  await stop();
});

test('a file whose rename nobody heard the end of holds its rows while the OMS may apply it', async () => {
  const { sell, states, until, stop, snapshots, id } = await publishing();
  sell('a', '04:00');
  await until('05:19');
  expect(states()).toEqual({ due: 1 });
  await until('05:21');
  expect(states()).toEqual({ held: 1 });
  await until('07:00');
  expect(states()).toEqual({ held: 1 });
  // The way to the OMS is open again: the file was taken, so the reset is that of the night.
  snapshots.change(id, 'delivered', { at: at('07:00'), who: 'test', deliveredAt: at('03:10') });
  await until('07:01');
  expect(states()).toEqual({ due: 1 });
  expect(snapshots.get(id)).toMatchObject({ state: 'applied', appliedAt: at('06:15') });
  await stop();
});

test('such a file that got its name only after the run waits for the next one', async () => {
  const { sell, states, until, stop, snapshots, windows, id } = await publishing();
  sell('a', '04:00');
  await until('05:30');
  expect(states()).toEqual({ held: 1 });
  snapshots.change(id, 'delivered', { at: at('07:00'), who: 'test' });
  await until('07:01');
  expect(states()).toEqual({ due: 1 });
  expect(windows.allOpen()).toEqual([]);
  await stop();
});

test('a file that certainly did not get its name holds nothing', async () => {
  const { sell, states, until, watch, stop, id } = await publishing();
  watch.notPublished(id);
  sell('a', '04:00');
  await until('05:30');
  expect(states()).toEqual({ due: 1 });
  await stop();
});

test('a machine that slept into the window holds before anything is posted', async () => {
  const { sell, states, until, watch, stop, clock, ...ledger } = await watched('schedule');
  addSnapshot(ledger, { takenAt: at('03:00'), deliveredAt: at('03:10') });
  sell('a', '04:00');
  watch.start();
  await until('05:00');
  expect(states()).toEqual({ due: 1 });
  // Time has moved, and nobody here has woken yet.
  const awake = clock.advance(at('05:25') - clock.now());
  watch.openDue();
  expect(states()).toEqual({ held: 1 });
  await awake;
  await stop();
});
