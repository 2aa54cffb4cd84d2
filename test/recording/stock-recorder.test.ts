import { describe, expect, test } from 'vitest';
import type { NewMovement } from '../../src/ledger/movement-records.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { tellStory } from '../../src/status/story-document.ts';
import { makeFollowing, toldSums } from '../support/following.ts';
import { movement, type TestLedger } from '../support/ledger.ts';
import { smallRetailer } from '../support/small-retailer.ts';
import { movementsOf } from '../support/till.ts';

const one = { storeId: '1', productId: '1001' };
const code = '4900000000001';
const never = new AbortController().signal;

function kindsOf({ database }: TestLedger): string[] {
  const rows = database
    .prepare(
      `SELECT kind || ' ' || quantity || CASE WHEN posting.movement_id IS NULL THEN ' (no posting)' ELSE '' END
       FROM movement LEFT JOIN posting ON movement_id = movement.id ORDER BY movement.id`,
    )
    .pluck();
  return rows.all() as string[];
}

/** A service that follows a Smaregi in which one product has ten in store 1, and has read it once. */
async function begun(options: Parameters<typeof makeFollowing>[0] = {}) {
  const following = await makeFollowing(options);
  following.smaregi.book.begin('1', '1001', 10);
  await following.readStock();
  return following;
}

describe('changes of stock', () => {
  test('each become one movement, under their own kind, and are not taken again', async () => {
    const { smaregi, ledger, readStock, said } = await begun();
    const { book, till } = smaregi;
    const sale = till.sell('1', [{ productId: '1001', quantity: 2 }]);
    till.cancel(sale);
    till.takeBack('1', [{ productId: '1001', quantity: 1 }]);
    for (const [division, amount] of [
      ['01', 3],
      ['03', 5],
      ['04', -1],
      ['05', 1],
      ['07', -1],
      ['08', 2],
      ['08', -2],
      ['14', -1],
      ['16', -1],
      ['77', -1],
    ] as const) {
      book.change({ ...one, division, amount });
    }
    await readStock();
    await readStock();
    expect(kindsOf(ledger)).toEqual([
      'sale -2',
      'sale 2',
      'return 1',
      'correction 3',
      'receipt 5',
      'transfer-out -1',
      'transfer-in 1',
      'reservation -1',
      'stocktaking-found 2',
      'stocktaking -2',
      'loss -1',
      'sale-allocated -1',
      'division-77 -1',
    ]);
    expect(toldSums(ledger)).toEqual({ [`1 ${code}`]: book.available('1', '1001') - 10 });
    expect(said.filter((line) => line.includes('unknown-division'))).toHaveLength(1);
  });

  test('are recorded when Smaregi had them, not when they are to count', async () => {
    const { smaregi, ledger, readStock } = await begun();
    const targetAt = systemClock.now() - 86_400_000;
    const { updDateTime } = smaregi.book.change({ ...one, division: '08', amount: -3, targetAt });
    await readStock();
    const row = ledger.database.prepare('SELECT occurred_at, recorded_at FROM movement').get() as Record<
      string,
      string
    >;
    expect(Date.parse(row.recorded_at ?? '')).toBe(Date.parse(updDateTime));
    expect(Date.parse(row.occurred_at ?? '')).toBe(Math.floor(targetAt / 1000) * 1000);
  });

  test('from before the start are not taken', async () => {
    let ahead = -3_600_000;
    const clock = { ...systemClock, now: () => systemClock.now() + ahead };
    const following = await makeFollowing({ clock });
    following.smaregi.book.change({ ...one, division: '03', amount: 10 });
    ahead = 0;
    await following.readStock();
    following.smaregi.book.change({ ...one, division: '02', amount: -1 });
    await following.readStock();
    expect(movementsOf(following.ledger)).toEqual([`556002 sale 1 ${code} -1`]);
  });

  test('while Smaregi cannot be read for the first time are taken when it can', async () => {
    let ahead = -3_600_000;
    const clock = { ...systemClock, now: () => systemClock.now() + ahead };
    const following = await makeFollowing({ clock });
    const { smaregi, readStock, again, ledger } = following;
    smaregi.faults.set({ reads: { errorBody: { body: { not: 'a list' }, times: 1 } } });
    await expect(readStock()).rejects.toMatchObject({ code: 'smaregi-odd-answer' });
    smaregi.book.change({ ...one, division: '02', amount: -1 });
    ahead = 0;
    again();
    await readStock();
    expect(movementsOf(ledger)).toEqual([`556001 sale 1 ${code} -1`]);
  });

  test('begin where the retailer says', async () => {
    const clock = { ...systemClock, now: () => systemClock.now() - 7_200_000 };
    const since = new Date(systemClock.now() - 8_000_000).toISOString();
    const following = await makeFollowing({ settings: { since }, sandbox: { clock } });
    following.smaregi.book.change({ ...one, division: '03', amount: 10 });
    await following.readStock();
    expect(movementsOf(following.ledger)).toEqual([`556001 receipt 1 ${code} 10`]);
  });

  test('that pile up while nobody reads are found, page after page', async () => {
    const { smaregi, ledger, readStock } = await begun();
    for (let count = 0; count < 230; count += 1) smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    await readStock();
    expect(movementsOf(ledger)).toHaveLength(230);
    expect(toldSums(ledger)).toEqual({ [`1 ${code}`]: -230 });
  });

  test('of a service that was down for longer than Smaregi answers for are found all the same', async () => {
    const following = await begun();
    const { smaregi, ledger } = following;
    const longAgo = new Date(systemClock.now() - 60 * 86_400_000).toISOString();
    ledger.database.prepare('UPDATE reading SET since = ?, read_until = ?').run(longAgo, longAgo);
    smaregi.till.sell('3', [{ productId: '1002', quantity: 1 }]);
    following.again();
    await following.readStock();
    expect(movementsOf(ledger)).toHaveLength(1);
  });

  test('whose amount is not what the stock changed by count by the stock, and raise an alarm', async () => {
    const { smaregi, ledger, readStock, said } = await begun();
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    const change = smaregi.book.history('1', '1001')?.[0] as unknown as Record<string, string>;
    await readStock();
    change.amount = '4';
    smaregi.book.change({ ...one, division: '02', amount: -1 });
    const second = smaregi.book.history('1', '1001')?.[1] as unknown as Record<string, string>;
    second.amount = '1';
    await readStock();
    expect(kindsOf(ledger)).toEqual(['sale -1', 'sale -1']);
    expect(said.filter((line) => line.includes('stock-change-differs'))).toHaveLength(1);
  });

  test('of warehouses, unknown stores and products that Smaregi does not count are left out', async () => {
    const { smaregi, ledger, readStock, said } = await begun({
      sandbox: { storeIds: ['1', '3', '30', '77', '90'] },
    });
    smaregi.setProduct({ productId: '1009', productCode: '4900000000009', managed: false });
    smaregi.setProduct({ productId: '1010', productCode: 'コード' });
    for (const row of [
      { storeId: '90', productId: '1001' },
      { storeId: '77', productId: '1001' },
      { storeId: '1', productId: '1009' },
      { storeId: '1', productId: '1010' },
      { storeId: '1', productId: '8888' },
    ]) {
      smaregi.book.change({ ...row, division: '02', amount: -1 });
    }
    smaregi.till.sell('3', [{ productId: '1002', quantity: 1 }]);
    await readStock();
    expect(toldSums(ledger)).toEqual({ '3 4900000000002': -1 });
    const reasons = said.flatMap((line) => JSON.parse(line).reason ?? []);
    expect(reasons.sort()).toEqual(['bad-product-code', 'unknown-product', 'unknown-store']);
  });

  test('are read at once where a webhook names their row, without listing', async () => {
    const { smaregi, stock, ledger } = await begun();
    await stock.takeRows([one], never);
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    const before = smaregi.reads.served;
    await stock.takeRows([one], never);
    expect(smaregi.reads.served - before).toBe(1);
    expect(kindsOf(ledger)).toEqual(['sale -1']);
    const filter = (transactionId: string) => listPostings(ledger.database, { transactionId }, 9).length;
    expect([filter('556001'), filter('55600')]).toEqual([1, 0]);
  });

  test('an end in the middle adds nothing twice and loses nothing', async () => {
    const following = await begun();
    const { smaregi, ledger } = following;
    for (let row = 0; row < 30; row += 1) {
      smaregi.setProduct({ productId: String(2000 + row), productCode: String(4_900_000_002_000 + row) });
      smaregi.till.sell('1', [{ productId: String(2000 + row), quantity: 1 }]);
    }
    const enough = new AbortController();
    let chunks = 0;
    const dies = following.stock.takeAll(enough.signal, async () => {
      chunks += 1;
      if (chunks === 3) enough.abort();
    });
    await expect(dies).rejects.toThrow();
    const taken = movementsOf(ledger).length;
    expect(taken > 0 && taken < 30).toBe(true);
    following.again();
    await following.readStock();
    expect(movementsOf(ledger)).toHaveLength(30);
  });

  test('one row that cannot be read keeps no other, and is read when it can be', async () => {
    const { smaregi, ledger, readStock, stock } = await begun();
    for (const storeId of ['1', '3', '30']) smaregi.till.sell(storeId, [{ productId: '1001', quantity: 1 }]);
    await stock.takeRows([{ storeId: '1', productId: '1001' }], never);
    for (const storeId of ['1', '3', '30']) smaregi.till.sell(storeId, [{ productId: '1001', quantity: 1 }]);
    const odd = stock.takeAll(never, async () => {
      smaregi.faults.set({ reads: { errorBody: { body: { not: 'a list' }, times: 1 } } });
    });
    await expect(odd).rejects.toMatchObject({ code: 'smaregi-odd-answer' });
    expect(movementsOf(ledger)).toHaveLength(5);
    await readStock();
    expect(movementsOf(ledger)).toHaveLength(6);
  });
});

describe('an echo', () => {
  const pack = { ...one, amount: -1, memo: 'flagship:pack:90001:1' };

  test('of our own addition is recorded and told to nobody', async () => {
    const { smaregi, ledger, readStock } = await begun();
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    smaregi.book.change({ ...pack, division: '15' });
    smaregi.book.change({ ...one, division: '15', amount: -4, memo: 'another application' });
    await readStock();
    expect(kindsOf(ledger)).toEqual(['sale -1', 'echo -1 (no posting)', 'api -4']);
    const settings = { oms: null, smaregi: null, inventory: { idType: 'UPCA' } };
    const row = { storeId: '1', productCode: code, stores: smallRetailer, history: [] };
    const story = tellStory(ledger.database, { ...row, settings }).events.map(({ text }) => text.en);
    expect(story.filter((line) => /our own change of .1 \(556002\)/.test(line))).toHaveLength(1);
    expect(differencesIn(ledger)).toEqual([]);
  });

  test('is known by its id too, should its memo have been changed', async () => {
    const { smaregi, ledger, readStock } = await begun();
    const { id } = smaregi.book.change({ ...one, division: '15', amount: -1, memo: 'edited by hand' });
    await receive(ledger, packed(ledger, 'A', -1), id);
    await readStock();
    expect(kindsOf(ledger).filter((kind) => kind.startsWith('echo'))).toHaveLength(1);
  });
});

describe('where the contract does not let changes be read', () => {
  const forbidden = { forbidden: ['stock-changes'] } as const;

  async function comparing() {
    const following = await makeFollowing();
    following.smaregi.book.begin('1', '1001', 10);
    following.smaregi.faults.set(forbidden);
    await following.readStock();
    return following;
  }

  test('the difference of levels becomes one movement', async () => {
    const { smaregi, ledger, readStock, said } = await comparing();
    smaregi.till.sell('1', [{ productId: '1001', quantity: 2 }]);
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    smaregi.till.sell('3', [{ productId: '1002', quantity: 1 }]);
    await readStock();
    await readStock();
    expect(kindsOf(ledger)).toEqual(['difference -3', 'difference -1']);
    expect(said.filter((line) => line.includes('smaregi-changes-forbidden'))).toHaveLength(1);
  });

  test('what came and went before it was told is told to nobody', async () => {
    const { smaregi, ledger, readStock } = await comparing();
    smaregi.book.change({ ...one, division: '02', amount: -1 });
    await readStock();
    smaregi.book.change({ ...one, division: '12', amount: 1 });
    await readStock();
    const states = ledger.database.prepare('SELECT state FROM posting').pluck().all();
    expect(states).toEqual(['posted', 'posted']);
    expect(differencesIn(ledger)).toEqual([]);
  });

  test('our own additions are taken out of the difference, whether their answer came before or after', async () => {
    const { smaregi, ledger, readStock } = await comparing();
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    const first = smaregi.book.change({ ...one, division: '15', amount: -2, memo: 'flagship:pack:A:1' });
    await receive(ledger, packed(ledger, 'A', -2), first.id);
    await readStock();
    expect(kindsOf(ledger).slice(1)).toEqual(['echo -2 (no posting)', 'difference -1']);

    const call = packed(ledger, 'B', -3);
    const second = smaregi.book.change({ ...one, division: '15', amount: -3, memo: 'flagship:pack:B:2' });
    await readStock();
    expect(toldSums(ledger)[`1 ${code}`]).toBe(-1 - 2 - 3);
    await receive(ledger, call, second.id);
    await readStock();
    expect(kindsOf(ledger).filter((kind) => /echo|diff/.test(kind))).toEqual([
      'echo -2 (no posting)',
      'difference -1',
      'echo -3 (no posting)',
    ]);
    expect(differencesIn(ledger)).toEqual([]);
  });

  test('a refusal that is over is noticed within the hour, without a restart', async () => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + ahead };
    const { smaregi, ledger, readStock } = await begun({ clock });
    smaregi.faults.set(forbidden);
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    await readStock();
    smaregi.faults.clear();
    ahead = 61 * 60_000;
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    await readStock();
    expect(kindsOf(ledger).at(-1)).toBe('sale -1');
    expect(smaregi.book.available('1', '1001')).toBe(8);
  });

  test('a plan that is changed later is noticed, both ways, and nothing is counted twice', async () => {
    const following = await begun();
    const { smaregi, ledger, readStock } = following;
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    await readStock();
    smaregi.faults.set(forbidden);
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    await readStock();
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    await readStock();
    expect(kindsOf(ledger)).toEqual(['sale -1', 'difference -1', 'difference -1']);

    smaregi.faults.clear();
    following.again();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    smaregi.till.sell('1', [{ productId: '1001', quantity: 1 }]);
    await readStock();
    expect(kindsOf(ledger).slice(3)).toEqual(['sale -1']);
    expect(toldSums(ledger)).toEqual({ [`1 ${code}`]: -4 });
  });
});

/** A packing that is being told to Smaregi: the id of the call that left. */
function packed({ movements, calls, database }: TestLedger, key: string, quantity: number): number {
  const change: Partial<NewMovement> = { destination: 'smaregi', source: 'fulfilled', productCode: code };
  return database.transaction(() => {
    const id = movements.add(movement(`${key}/1`, { ...change, kind: 'packed', quantity }));
    const told = { destination: 'smaregi' as const, movements: [{ id, multiplicity: 1 as const }] };
    return calls.open({ ...told, quantity, reason: 'packed' }, systemClock.now());
  })();
}

/** Its answer came: applied, with a receipt. What is read from then on is read in a later millisecond. */
async function receive({ calls, database }: TestLedger, callId: number, changeId: string): Promise<void> {
  database.transaction(() => {
    const at = systemClock.now();
    database.prepare('INSERT INTO receipt (change_id, call_id) VALUES (?, ?)').run(changeId, callId);
    calls.close(callId, { outcome: 'accepted', at, by: 'flagship', note: null });
  })();
  await systemClock.sleep(2);
}

function differencesIn({ database, postings }: TestLedger): string[] {
  const found: string[] = [];
  verifyLedger(database, postings, ({ what }) => found.push(what));
  return found;
}
