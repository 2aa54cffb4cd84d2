import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { salesShop } from '../support/sales-shop.ts';
import { eventually } from '../support/service-process.ts';

const cap = '4901234000001';
const hat = '4901234000002';
const unknown = '4909999999999';

async function shop() {
  const all = await salesShop([cap, hat]);
  return { ...all, applied: () => all.oms.calls.filter((call) => call.result === 'applied') };
}

test('overlapping, repeated, edited and cancelled sales end in the right sums, with one call per movement', async () => {
  const { start, sell, states, applied, level } = await shop();
  const service = await start();
  const first = { transaction: 1, product: cap, quantity: 2 };
  const second = { transaction: 2, product: hat, quantity: 1, store: '2' };
  await sell('a.csv', [first, second]);
  await eventually('posted', () => states().posted === 2);
  await sell('b.csv', [second, first, { transaction: 3, product: cap, quantity: 1, returned: true }]);
  await sell('again.csv', [first, second]);
  const edited = { ...first, quantity: 3, updated: '2026-11-24T04:00:00Z' };
  const cancelled = { ...second, cancelled: true, updated: '2026-11-24T04:10:00Z' };
  await sell('c.csv', [edited, cancelled]);
  await sell('late.csv', [first]);
  await eventually('posted', () => states().posted === 5);
  expect(states()).toEqual({ posted: 5 });
  expect(level('HARAJUKU', cap)).toBe(-3 + 1);
  expect(level('SHINSAIBASHI', hat)).toBe(0);
  // Those of one file are under way together, and may arrive in any order.
  const calls = applied().map((call) => `${call.input.idValue} ${call.input.availableDelta}`);
  expect(calls.slice(0, 2).sort()).toEqual([`${cap} -2`, `${hat} -1`]);
  expect(calls.slice(2).sort()).toEqual([`${cap} -1`, `${cap} 1`, `${hat} 1`]);
  expect(await service.stop()).toBe(0);
});

test('a sale that was cancelled before it was told costs no call', async () => {
  const { start, sell, states, oms, run } = await shop();
  const service = await start();
  await sell('a.csv', [
    { transaction: 1, product: cap, quantity: 2, cancelled: true, updated: '2026-11-24T04:00:00Z' },
    { transaction: 2, product: hat, quantity: 1 },
  ]);
  await eventually('posted', () => states().posted === 3);
  expect(oms.calls).toHaveLength(1);
  const told = (await run('explain', '1', cap)).stdout;
  expect(told).toContain('netted');
  expect(await service.stop()).toBe(0);
});

test('a refusal is shown, and replayed by a person when its cause is mended', async () => {
  const { start, sell, states, run, oms } = await shop();
  const service = await start();
  await sell('a.csv', [
    { transaction: 7, product: unknown, quantity: 2 },
    { transaction: 8, product: cap, quantity: 1 },
  ]);
  await eventually('refused', () => states().refused === 1 && states().posted === 1);

  const [posting] = JSON.parse((await run('postings', '--state', 'refused', '--json')).stdout);
  expect(posting).toMatchObject({
    key: '7/1/1',
    kind: 'sale',
    destination: 'hotwax',
    state: 'refused',
    storeId: '1',
    facilityId: 'HARAJUKU',
    idType: 'UPCA',
    idValue: unknown,
    quantity: -2,
    reason: 'POS_SALE',
    need: 1,
    postedAt: null,
    calls: [{ multiplicity: 1, outcome: 'refused' }],
  });
  expect(posting.calls[0].note).toContain(unknown);

  const dry = JSON.parse((await run('replay', '--dry-run', '--json')).stdout);
  expect(dry).toMatchObject({
    dryRun: true,
    replayed: [{ id: posting.id, was: 'refused' }],
    net: [{ storeId: '1', productCode: unknown, quantity: -2 }],
  });
  expect(states().refused).toBe(1);
  expect((await run('replay')).code).toBe(2);
  expect((await run('replay', '--reason', 'x', '--applied', 'yes')).code).toBe(2);
  expect((await run('replay', '--reason', 'x', '--state', 'lost')).code).toBe(2);

  for (const round of [1, 2]) {
    const calls = oms.calls.length;
    expect(
      (await run('replay', '--store', 'TK01', '--product', unknown, '--reason', `try ${round}`)).code,
    ).toBe(0);
    await eventually(
      'tried and refused again',
      () => oms.calls.length === calls + 1 && states().refused === 1,
    );
  }
  const third = JSON.parse((await run('replay', '--dry-run', '--json')).stdout);
  expect(third.replayed).toEqual([]);
  expect(third.excluded[0].why).toContain('--again');
  expect((await run('replay', '--reason', 'third')).code).toBe(3);
  expect(states().refused).toBe(1);

  expect((await run('write-off', String(posting.id), '--reason', 'not sold online')).code).toBe(0);
  expect(states()).toEqual({ posted: 2 });
  expect((await run('write-off', String(posting.id), '--reason', 'twice')).code).toBe(3);
  const story = (await run('explain', 'HARAJUKU', unknown)).stdout;
  for (const words of [
    'sale -2',
    'refused',
    'replay asked for by',
    'try 1',
    'written off',
    'not sold online',
  ])
    expect(story).toContain(words);
  expect(story).not.toContain('third');
  expect(await service.stop()).toBe(0);
});

test('what is posted is posted again only when a person says so', async () => {
  const { start, sell, states, run, level, applied } = await shop();
  const service = await start();
  await sell('a.csv', [{ transaction: 1, product: cap, quantity: 1 }]);
  await eventually('posted', () => states().posted === 1);
  const without = await run('replay', '1', '--reason', 'x', '--json');
  expect(without.code).toBe(3);
  expect(JSON.parse(without.stdout)).toMatchObject({ replayed: [], excluded: [{ id: 1 }] });
  expect(await run('replay', '1', '99', '--posted-again', '--reason', 'x')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('There is no posting 99'),
  });
  expect((await run('replay', '1', '--posted-again', '--reason', 'the OMS was restored')).code).toBe(0);
  await eventually('posted again', () => applied().length === 2 && states().posted === 1);
  expect(level('HARAJUKU', cap)).toBe(-2);
  expect(await service.stop()).toBe(0);
});

test('the command line works while the service does not run', async () => {
  const { start, sell, states, run, applied, oms } = await shop();
  const service = await start();
  oms.faults.set({ dropBefore: 1 });
  await sell('a.csv', [{ transaction: 1, product: cap, quantity: 1 }]);
  await eventually('in doubt', () => states()['in-doubt'] === 1);
  expect(await service.stop()).toBe(0);
  expect((await run('settle', '1', '--applied', 'maybe', '--reason', 'x')).code).toBe(2);
  expect((await run('settle', '99', '--applied', 'no', '--reason', 'x')).code).toBe(3);
  expect((await run('replay', '--applied', 'no', '--reason', 'not in the OMS')).code).toBe(0);
  expect(states()).toEqual({ waiting: 1 });
  const again = await start();
  await eventually('posted', () => states().posted === 1);
  expect(applied()).toHaveLength(1);
  expect(await again.stop()).toBe(0);
});

test('rejected lines come back with line and reason; the rest is taken in', async () => {
  const { start, sell, states, retailer } = await shop();
  const service = await start();
  await sell('a.csv', [
    { transaction: 1, product: cap, quantity: 1 },
    { transaction: 2, product: cap, quantity: 1, store: '77' },
    { transaction: 3, product: '', quantity: 1 },
  ]);
  await eventually('posted', () => states().posted === 1);
  const rejected = await readFile(retailer.data('rejected', 'a.csv.rejected.csv'), 'utf8');
  expect(rejected).toContain('3,unknown-store,2,');
  expect(rejected.trim().split('\n')).toHaveLength(2);
  expect(await service.stop()).toBe(0);
});
