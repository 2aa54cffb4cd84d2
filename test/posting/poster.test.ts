import { describe, expect, test } from 'vitest';
import type { OmsSettings } from '../../src/hotwax/oms-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Poster } from '../../src/posting/poster.ts';
import type { OmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { countStates, movement, type TestLedger } from '../support/ledger.ts';
import { postingShop, startOms } from '../support/posting-shop.ts';
import { eventually } from '../support/service-process.ts';
import { smallRetailer } from '../support/small-retailer.ts';

function code(n: number): string {
  return String(4_901_234_000_000 + n);
}

const codes = Array.from({ length: 50 }, (_, n) => code(n));

interface Posting {
  oms: OmsSandbox;
  ledger: TestLedger;
  start(): Poster;
  states(): Record<string, number>;
  applied(): number;
}

async function posting(change: Partial<OmsSettings> = {}): Promise<Posting> {
  const { oms, ledger, start } = await postingShop(codes, change);
  return {
    oms,
    ledger,
    states: () => countStates(ledger.database),
    applied: () => oms.calls.filter((call) => call.result === 'applied').length,
    start: () => start().poster,
  };
}

function level(oms: OmsSandbox, n: number): number {
  return oms.levels.get(smallRetailer[0]?.facilityId ?? '', { idType: 'UPCA', idValue: code(n) });
}

function sales(ledger: TestLedger, count: number, change: object = {}): void {
  ledger.database.transaction(() => {
    for (let n = 0; n < count; n += 1) {
      ledger.movements.add(
        movement(`${n}/1/1`, { productCode: code(n), storeId: smallRetailer[0]?.storeId ?? '', ...change }),
      );
    }
  })();
}

test('each movement is one call, and is then posted', async () => {
  const { oms, ledger, start, states, applied } = await posting();
  sales(ledger, 50);
  start();
  await eventually('all posted', () => states().posted === 50);
  expect(applied()).toBe(50);
  expect(level(oms, 7)).toBe(-1);
});

test('a ledger that cannot be written stops the line: nothing is sent that is not recorded, and nothing twice', async () => {
  const { oms, ledger, start, states, applied } = await posting({ coalesceAbove: 100_000 });
  sales(ledger, 50);
  for (let more = 0; more < 20; more += 1) sales(ledger, 50, { source: `more ${more}` });
  const { database } = ledger;
  const recorded = () => database.prepare('SELECT count(*) FROM call').pluck().get();
  database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
  start();
  await eventually('the ledger is full', async () => {
    const before = oms.calls.length;
    await systemClock.sleep(300);
    return before > 0 && oms.calls.length === before;
  });
  expect(oms.calls.length).toBeLessThan(1_050);
  expect(recorded()).toBeGreaterThanOrEqual(oms.calls.length);
  database.pragma('max_page_count = 1000000');
  await eventually('all posted', () => states().posted === 1_050);
  expect(applied()).toBe(1_050);
});

describe('an answer that is lost', () => {
  test.each([
    ['after the OMS applied it', { dropAfter: 1 }, 1],
    ['before the OMS had it', { dropBefore: 1 }, 0],
  ])('%s leaves a doubt that is never sent again by itself', async (_when, faults, applied) => {
    const setup = await posting();
    setup.oms.faults.set(faults);
    sales(setup.ledger, 1);
    const poster = setup.start();
    await eventually('in doubt', () => setup.states()['in-doubt'] === 1);
    poster.wake();
    await systemClock.sleep(1_500);
    expect(setup.applied()).toBe(applied);
    expect(setup.oms.calls).toHaveLength(1);
    expect(setup.states()).toEqual({ 'in-doubt': 1 });
  });

  test('does not hold up anybody else', async () => {
    const { oms, ledger, start, states } = await posting({ concurrency: 1 });
    oms.faults.set({ dropAfter: 1 });
    sales(ledger, 20);
    start();
    await eventually('the rest is posted', () => states().posted === 19);
    expect(states()).toEqual({ 'in-doubt': 1, posted: 19 });
  });
});

test('a refusal stays refused, with the words of the OMS', async () => {
  const { ledger, start, states } = await posting();
  sales(ledger, 1, { productCode: 'NOBODY-KNOWS-IT' });
  start();
  await eventually('refused', () => states().refused === 1);
  const note = ledger.database.prepare('SELECT note FROM call').pluck().get();
  expect(note).toContain('NOBODY-KNOWS-IT');
});

test('throttling pauses everyone for as long as the OMS asks, and loses nothing', async () => {
  const { oms, ledger, start, states, applied } = await posting();
  oms.faults.set({ status: { code: 429, times: 3, retryAfter: 1 } });
  sales(ledger, 30);
  start();
  await eventually('all posted', () => states().posted === 30);
  expect(applied()).toBe(30);
  const notApplied = oms.calls.filter((call) => call.result === 'not-applied').length;
  expect(notApplied).toBe(3);
  const outcomes = ledger.database
    .prepare(`SELECT count(*) FROM call WHERE outcome = 'not-applied'`)
    .pluck()
    .get();
  expect(outcomes).toBe(3);
});

test('a dead OMS is probed, not stormed, and everything is posted when it is back', async () => {
  const setup = await posting();
  const { url } = setup.oms;
  await setup.oms.close();
  sales(setup.ledger, 40);
  setup.start();
  await systemClock.sleep(2_500);
  const tries = setup.ledger.database.prepare('SELECT count(*) FROM call').pluck().get() as number;
  expect(tries).toBeGreaterThan(4);
  expect(tries).toBeLessThan(20);
  const again = await startOms(codes, Number(new URL(url).port));
  await eventually('all posted', () => setup.states().posted === 40, 25_000);
  expect(again.calls.filter((call) => call.result === 'applied')).toHaveLength(40);
});

test('a backlog is netted: one call for a row and reason, which knows its movements', async () => {
  const { oms, ledger, start, states } = await posting({ coalesceAbove: 10 });
  sales(ledger, 40, { productCode: code(3) });
  start();
  await eventually('all posted', () => states().posted === 40);
  expect(level(oms, 3)).toBe(-40);
  expect(oms.calls.length).toBeLessThan(40);
  const carried = ledger.database.prepare('SELECT count(*) FROM call_movement').pluck().get();
  expect(carried).toBe(40);
});

test('reductions go before increases, and the oldest first', async () => {
  const { oms, ledger, start, states } = await posting({ concurrency: 1 });
  const at = (minute: number) => ({ recordedAt: Date.UTC(2026, 10, 24, 4, minute) });
  const storeId = smallRetailer[0]?.storeId ?? '';
  for (const [n, quantity, minute] of [
    [1, 5, 1],
    [2, -1, 3],
    [3, -1, 2],
  ] as const) {
    ledger.movements.add(movement(`${n}/1/1`, { productCode: code(n), quantity, storeId, ...at(minute) }));
  }
  start();
  await eventually('all posted', () => states().posted === 3);
  expect(oms.calls.map((call) => call.input.idValue)).toEqual([code(3), code(2), code(1)]);
});

test('what was under way when the service ended is in doubt at the next start', async () => {
  const { ledger, start, states, oms } = await posting();
  const id = ledger.movements.add(movement('1/1/1', { productCode: code(1) }));
  ledger.calls.open(
    { destination: 'hotwax', movements: [{ id, multiplicity: 1 }], quantity: -1, reason: 'POS_SALE' },
    systemClock.now(),
  );
  expect(states()).toEqual({ sending: 1 });
  start();
  await eventually('in doubt', () => states()['in-doubt'] === 1);
  expect(oms.calls).toHaveLength(0);
});

test('the limit holds in every sliding second, and is used', async () => {
  const { oms, ledger, start, states } = await posting({ requestsPerSecond: 20, concurrency: 8 });
  sales(ledger, 50);
  sales(ledger, 50, { source: 'more' });
  start();
  await eventually('all posted', () => states().posted === 100);
  const times = oms.calls.map((call) => call.at);
  const worst = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
  expect(worst).toBeLessThanOrEqual(20);
  const first = Math.min(...times);
  const inFourSeconds = times.filter((at) => at < first + 4_000).length;
  expect(inFourSeconds).toBeGreaterThanOrEqual(76);
});

test('where a limit holds, a few dozen wait in memory, however fast the OMS answers', async () => {
  const settings = { requestsPerSecond: 100, concurrency: 16, coalesceAbove: 100_000 };
  const { oms, ledger, start } = await postingShop(codes, settings);
  for (let n = 0; n < 8; n += 1) sales(ledger, 50, { source: `till ${n}` });
  const { queue } = start();
  let most = 0;
  await eventually('half of the backlog is told', () => {
    most = Math.max(most, queue.waiting);
    return oms.calls.length > 200;
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(64);
});
