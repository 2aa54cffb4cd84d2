import { describe, expect, onTestFinished, test } from 'vitest';
import { Interventions } from '../../src/ledger/interventions.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { ProductRecords } from '../../src/ledger/product-records.ts';
import { planReplay } from '../../src/ledger/replay-plan.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startPacking } from '../../src/posting/start-packing.ts';
import { Products } from '../../src/recording/products.ts';
import type { SmaregiSandboxOptions } from '../../src/sandbox/smaregi-sandbox.ts';
import { countStates, makeLedger, movement, type TestLedger } from '../support/ledger.ts';
import { eventually } from '../support/service-process.ts';
import { makeClient, makeSmaregi, settingsFor, products as sold } from '../support/smaregi.ts';

const timeoutSeconds = 0.4;
const [cap] = sold;

async function packing(options: Partial<SmaregiSandboxOptions> = {}) {
  const smaregi = await makeSmaregi(options);
  smaregi.book.begin('3', cap?.productId ?? '', 100);
  const ledger = await makeLedger();
  const settings = settingsFor(smaregi.url, { timeoutSeconds });
  const client = makeClient(smaregi.url, { timeoutSeconds });
  const { database } = ledger;
  const records = new ProductRecords(database);
  const products = new Products({ database, records, smaregi: client, clock: systemClock });
  return {
    smaregi,
    ledger,
    memos: () => smaregi.additions.map(({ memo }) => memo),
    stock: () => smaregi.book.stock('3', cap?.productId ?? ''),
    postings: () => listPostings(database, {}, 1_000),
    states: () => countStates(database),
    start() {
      const part = startPacking({
        ...ledger,
        settings,
        smaregi: client,
        products,
        clock: systemClock,
        random: () => 0.5,
        log: createLogger('silent'),
      });
      onTestFinished(() => part.stop(AbortSignal.timeout(3_000)));
      return part;
    },
  };
}

/** Movements of one packed unit each; returns their ids. */
function pack({ database, movements }: TestLedger, count: number, change: object = {}): number[] {
  return database.transaction(() =>
    Array.from({ length: count }, (_, n) =>
      movements.add(
        movement(`9000${n}/3:${cap?.productCode}/1`, {
          source: 'fulfilled',
          destination: 'smaregi',
          storeId: '3',
          productCode: cap?.productCode ?? '',
          kind: 'packed',
          ...change,
        }),
      ),
    ),
  )();
}

test('each packing is one addition, under its own memo, and its change is kept as receipt', async () => {
  const room = await packing();
  const ids = pack(room.ledger, 20);
  room.start();
  await eventually('all posted', () => room.states().posted === 20);
  expect(room.stock()).toBe(80);
  expect([...room.memos()].sort()).toEqual(ids.map((id, n) => `flagship:pack:9000${n}:${id}`).sort());
  const receipts = room.ledger.database.prepare('SELECT change_id FROM receipt ORDER BY 1').pluck().all();
  expect(receipts).toEqual(room.smaregi.additions.map(({ id }) => id).sort());
  const [first] = room.postings();
  const change = room.smaregi.additions.find(({ memo }) => memo === `flagship:pack:90000:${first?.id}`);
  expect(first?.calls.map(({ outcome, note }) => [outcome, note])).toEqual([
    ['accepted', `receipt ${change?.id}`],
  ]);
});

test('packings of one row are never put together: as many writes as packings', async () => {
  const room = await packing();
  pack(room.ledger, 30);
  pack(room.ledger, 30, { source: 'other' });
  room.start();
  await eventually('all posted', () => room.states().posted === 60);
  expect(room.smaregi.additions).toHaveLength(60);
});

describe('an answer that is lost', () => {
  test('after Smaregi applied it is found by its memo, and nothing is written twice', async () => {
    const room = await packing();
    room.smaregi.faults.set({ writes: { dropAfter: 3 } });
    pack(room.ledger, 10);
    room.start();
    await eventually('all posted', () => room.states().posted === 10);
    expect(room.smaregi.additions).toHaveLength(10);
    expect(room.smaregi.writes.served).toBe(10);
    const byMemo = room.postings().flatMap(({ calls }) => calls.filter(({ by }) => by === 'found by memo'));
    expect(byMemo.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(room.ledger.database.prepare('SELECT count(*) FROM receipt').pluck().get()).toBe(10);
  });

  test('before Smaregi had it is sent again by itself, once its memo can appear no more', async () => {
    const room = await packing();
    room.smaregi.faults.set({ writes: { dropBefore: 3 } });
    pack(room.ledger, 10);
    room.start();
    await eventually('all posted', () => room.states().posted === 10);
    expect(room.smaregi.additions).toHaveLength(10);
    expect(new Set(room.memos()).size).toBe(10);
    const again = room.postings().filter(({ calls }) => calls.length > 1);
    expect(again.map(({ calls }) => calls.map(({ outcome }) => outcome))).toEqual(
      again.map(() => ['not-applied', 'accepted']),
    );
    expect(again).toHaveLength(3);
  });

  test('while Smaregi is still at it is not sent again: it is found when it is done', async () => {
    const room = await packing();
    room.smaregi.faults.set({ writes: { delayMs: 3_000 } });
    pack(room.ledger, 1);
    room.start();
    await eventually('in doubt', () => room.states()['in-doubt'] === 1);
    room.smaregi.faults.set({ writes: { delayMs: 0 } });
    await eventually('posted', () => room.states().posted === 1);
    expect(room.smaregi.additions).toHaveLength(1);
  });

  test('waits for a person where the history may not be read, and that person is believed', async () => {
    const room = await packing();
    room.smaregi.faults.set({ writes: { dropBefore: 1 }, forbidden: ['stock-changes'] });
    const [id = 0] = pack(room.ledger, 1);
    room.start();
    await eventually('in doubt', () => room.states()['in-doubt'] === 1);
    await systemClock.sleep(2_500);
    expect(room.smaregi.writes.served).toBe(1);
    const { database, postings, calls } = room.ledger;
    const decision = { at: systemClock.now(), who: 'yamada', reason: 'not in the history' };
    new Interventions(database, postings, calls).settle([id], false, decision);
    await eventually('posted', () => room.states().posted === 1);
    expect(room.smaregi.additions).toHaveLength(1);
  });

  test('that a person settles wrongly is looked up all the same before it is sent again', async () => {
    const room = await packing();
    room.smaregi.faults.set({ writes: { dropAfter: 1 }, forbidden: ['stock-changes'] });
    const [id = 0] = pack(room.ledger, 1);
    room.start();
    await eventually('in doubt', () => room.states()['in-doubt'] === 1);
    room.smaregi.faults.set({ forbidden: [] });
    const { database, postings, calls } = room.ledger;
    const decision = { at: systemClock.now(), who: 'yamada', reason: 'surely not' };
    new Interventions(database, postings, calls).settle([id], false, decision);
    await eventually('posted', () => room.states().posted === 1);
    expect(room.smaregi.additions).toHaveLength(1);
    expect(room.smaregi.writes.served).toBe(1);
  });
});

test('a history that cannot be read keeps no other doubt from being settled', async () => {
  const room = await packing();
  room.smaregi.faults.set({ writes: { dropAfter: 3 }, reads: { status: { code: 404, times: 1 } } });
  pack(room.ledger, 3);
  // The product is known before, so that the one read that fails is that of a history.
  room.ledger.database
    .prepare(`INSERT INTO product (product_id, product_code, managed, read_at) VALUES (?, ?, 1, '')`)
    .run(cap?.productId, cap?.productCode);
  room.start();
  await eventually('two are settled', () => room.states().posted === 2);
  expect(room.states()['in-doubt']).toBe(1);
  await eventually('the last too, later', () => room.states().posted === 3);
  expect(room.smaregi.writes.served).toBe(3);
});

test('throttling and failing answers cost time, never a unit', async () => {
  const room = await packing({ limits: { reads: 1_000, writes: 15 } });
  room.smaregi.faults.set({ writes: { status: { code: 500, times: 2 } } });
  pack(room.ledger, 40);
  room.start();
  await eventually('all posted', () => room.states().posted === 40, 40_000);
  expect(room.smaregi.additions).toHaveLength(40);
  expect(room.stock()).toBe(60);
  const throttled = room.postings().flatMap(({ calls }) => calls.filter(({ note }) => note?.includes('429')));
  expect(throttled.length).toBeGreaterThan(0);
});

test('a product that Smaregi does not have is refused, and sent on replay when it has', async () => {
  const room = await packing();
  pack(room.ledger, 1, { productCode: '4900000000777' });
  room.start();
  await eventually('refused', () => room.states().refused === 1);
  expect(room.postings()[0]?.calls[0]?.note).toContain('4900000000777');
  expect(room.smaregi.writes.served).toBe(0);
  room.smaregi.setProduct({ productId: '777', productCode: '4900000000777' });
  const { database, postings, calls } = room.ledger;
  const plan = planReplay(room.postings(), { doubtsNotApplied: false, postedAgain: false, again: false });
  const decision = { at: systemClock.now(), who: 'yamada', reason: 'it is in the master now' };
  new Interventions(database, postings, calls).replay(plan, decision);
  await eventually('posted', () => room.states().posted === 1);
  expect(room.smaregi.book.stock('3', '777')).toBe(-1);
});

test('what Smaregi lost is written again on purpose, under a memo of its own', async () => {
  const room = await packing();
  const [id] = pack(room.ledger, 1);
  room.start();
  await eventually('posted', () => room.states().posted === 1);
  const { database, postings, calls } = room.ledger;
  const plan = planReplay(room.postings(), { doubtsNotApplied: false, postedAgain: true, again: false });
  const decision = { at: systemClock.now(), who: 'yamada', reason: 'restored from a backup' };
  room.smaregi.faults.set({ writes: { dropBefore: 1 } });
  new Interventions(database, postings, calls).replay(plan, decision);
  await eventually('written again', () => room.smaregi.additions.length === 2);
  await eventually('posted again', () => room.states().posted === 1);
  expect(room.memos()).toEqual([`flagship:pack:90000:${id}`, `flagship:pack:90000:${id}-2`]);
});

test('nothing ever raises stock: a movement that would is refused, unsent', async () => {
  const room = await packing();
  pack(room.ledger, 1, { quantity: 1 });
  room.start();
  await eventually('refused', () => room.states().refused === 1);
  expect(room.postings()[0]?.calls[0]?.note).toContain('packed-is-final');
  expect(room.smaregi.writes.served).toBe(0);
});
