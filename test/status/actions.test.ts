import { expect, test } from 'vitest';
import { countStates } from '../support/ledger.ts';
import { drop, inventoryFile, namesIn } from '../support/retailer.ts';
import { eventually } from '../support/service-process.ts';
import { cap, openShop, pageToken, type ShopFloor, unknownProduct } from '../support/shop-floor.ts';

interface Acted {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a document from outside
  body: any;
}

async function act(shop: ShopFloor, body: object): Promise<Acted> {
  const answer = await fetch(`${shop.url}/actions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${pageToken}` },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

// biome-ignore lint/suspicious/noExplicitAny: a document from outside
async function status(shop: ShopFloor): Promise<any> {
  return (await fetch(`${shop.url}/status.json`)).json();
}

const states = ({ service }: ShopFloor) => countStates(service.database);
const by = { who: 'Sato', reason: 'looked into the OMS' };

async function withDoubt(): Promise<ShopFloor> {
  const shop = await openShop({ hasInventory: true });
  shop.oms.faults.set({ dropBefore: 1 });
  await shop.sell('a.csv', [{ transaction: 1, product: cap, quantity: 2 }]);
  await eventually('in doubt', () => states(shop)['in-doubt'] === 1);
  return shop;
}

test('a doubt is settled as applied: nothing is sent, and who and why are kept', async () => {
  const shop = await withDoubt();
  const dry = await act(shop, { action: 'settle-applied', ids: [1], dryRun: true });
  expect(dry.body).toMatchObject({ dryRun: true, ids: [1], net: [], alsoSettled: 0 });
  expect(states(shop)).toEqual({ 'in-doubt': 1 });
  expect((await act(shop, { action: 'settle-applied', ids: [1], dryRun: false, ...by })).status).toBe(200);
  expect(states(shop)).toEqual({ posted: 1 });
  expect(shop.oms.calls.filter(({ result }) => result === 'applied')).toHaveLength(0);
  const kept = shop.service.database.prepare('SELECT outcome, outcome_by, note FROM call').all();
  expect(kept).toEqual([{ outcome: 'accepted', outcome_by: 'Sato (page)', note: 'looked into the OMS' }]);
});

test('a doubt is settled as not applied: it is sent again, and the dry run has said so', async () => {
  const shop = await withDoubt();
  const dry = await act(shop, { action: 'settle-not-applied', ids: [1], dryRun: true });
  expect(dry.body).toMatchObject({
    ids: [1],
    net: [{ store: '原宿店', productCode: cap, quantity: -2 }],
    seconds: 1,
  });
  expect((await act(shop, { action: 'settle-not-applied', ids: [1], dryRun: false, ...by })).status).toBe(
    200,
  );
  await eventually('posted', () => states(shop).posted === 1);
  expect(shop.oms.calls.filter(({ result }) => result === 'applied')).toHaveLength(1);
});

test('refusals are replayed or written off; what is not refused any more stops the whole decision', async () => {
  const shop = await openShop();
  await shop.sell(
    'a.csv',
    [1, 2].map((transaction) => ({ transaction, product: unknownProduct, quantity: 1 })),
  );
  await eventually('refused', () => states(shop).refused === 2);
  const calls = shop.oms.calls.length;
  expect((await act(shop, { action: 'replay', ids: [1], dryRun: false, ...by })).status).toBe(200);
  await eventually(
    'tried and refused again',
    () => shop.oms.calls.length > calls && states(shop).refused === 2,
  );
  expect((await act(shop, { action: 'write-off', ids: [1], dryRun: false, ...by })).status).toBe(200);
  expect(states(shop)).toEqual({ posted: 1, refused: 1 });
  const late = await act(shop, { action: 'write-off', ids: [1, 2], dryRun: false, ...by });
  expect([late.status, late.body.error.code]).toEqual([409, 'decision-outdated']);
  expect(states(shop)).toEqual({ posted: 1, refused: 1 });
});

test('a posting replayed twice already is left to the command line, and the dry run says so', async () => {
  const shop = await openShop();
  await shop.sell('a.csv', [{ transaction: 1, product: unknownProduct, quantity: 1 }]);
  for (const round of [1, 2]) {
    await eventually('refused', () => states(shop).refused === 1);
    expect((await act(shop, { action: 'replay', ids: [1], dryRun: false, ...by })).status).toBe(200);
    await eventually('tried again', () => shop.oms.calls.length === round + 1);
  }
  await eventually('refused', () => states(shop).refused === 1);
  const third = await act(shop, { action: 'replay', ids: [1], dryRun: true });
  expect(third.body).toMatchObject({ ids: [], excluded: [{ id: 1 }] });
  expect(third.body.excluded[0].why).toContain('--again');
});

test('what is decided shows in the status at once', async () => {
  const shop = await withDoubt();
  await eventually('the doubt shows', async () => (await status(shop)).deltas.inDoubt === 1);
  await act(shop, { action: 'settle-applied', ids: [1], dryRun: false, ...by });
  expect(await status(shop)).toMatchObject({ level: 'ok', doubts: [], deltas: { inDoubt: 0 } });
});

/** The second file has a store less. */
async function withHeldSnapshot(): Promise<ShopFloor> {
  const shop = await openShop();
  await drop(shop.retailer, 'zaiko_20261124_0300.csv', inventoryFile(20).bytes);
  await eventually('delivered', () => shop.service.snapshots.list()[0]?.state === 'delivered');
  const lines = '店舗ID,商品コード,在庫数\n1,4901234000001,5\n';
  await drop(shop.retailer, 'zaiko_20261125_0300.csv', lines);
  await eventually('held', () => shop.service.snapshots.list()[0]?.state === 'held');
  return shop;
}

test('a held snapshot is released, with the one before it to compare', async () => {
  const shop = await withHeldSnapshot();
  const dry = await act(shop, { action: 'release', ids: [2], dryRun: true });
  expect(dry.body).toMatchObject({
    ids: [2],
    snapshot: { written: 1, stores: 1 },
    before: { written: 40, stores: 2 },
  });
  expect((await act(shop, { action: 'release', ids: [2], dryRun: false, ...by })).status).toBe(200);
  await eventually('delivered', () => shop.service.snapshots.get(2)?.state === 'delivered');
  expect(
    shop.service.snapshots
      .history(2)
      .some(({ who, reason }) => who === 'Sato (page)' && reason === by.reason),
  ).toBe(true);
});

test('a held snapshot is discarded, once', async () => {
  const shop = await withHeldSnapshot();
  expect((await act(shop, { action: 'discard', ids: [2], dryRun: false, ...by })).status).toBe(200);
  expect(shop.service.snapshots.get(2)?.state).toBe('discarded');
  expect(await namesIn(shop.retailer.data('held'))).toEqual([]);
  const again = await act(shop, { action: 'discard', ids: [2], dryRun: false, ...by });
  expect([again.status, again.body.error.code]).toEqual([409, 'snapshot-state']);
  expect((await act(shop, { action: 'release', ids: [99], dryRun: true })).body.error.code).toBe(
    'snapshot-unknown',
  );
});
