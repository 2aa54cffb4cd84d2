import { expect, test } from 'vitest';
import { connectedShop } from '../support/connected-shop.ts';
import { eventually, type ServiceProcess } from '../support/service-process.ts';

const row = { storeId: '1', productId: '1001' };
const sold = (productId: string, quantity = 1) => [{ productId, quantity }];

test('every kind of change reaches the OMS at once, under its own reason', async () => {
  const shop = await connectedShop('stock-changes', {
    smaregi: { reasons: { '07': 'POS_RESERVED', '09': 'CYCLE_COUNT' } },
    oms: { reasons: { transfer: 'VAR_INTEGR', correction: 'VAR_FOUND' } },
    reasons: ['POS_RESERVED', 'CYCLE_COUNT'],
  });
  const service = await shop.start();
  await shop.connect(service);
  const { book, till } = shop.smaregi;
  const sale = till.sell('1', sold('1001'));
  till.cancel(sale);
  till.takeBack('2', sold('1002'));
  for (const [division, amount] of [
    ['01', 2],
    ['04', -3],
    ['07', -4],
    ['08', 5],
    ['08', -6],
    ['09', -7],
    ['13', -8],
    ['14', -9],
    ['42', -11],
  ] as const) {
    book.change({ ...row, division, amount });
  }
  await eventually('all levels are equal', () => shop.differing().length === 0);
  const told = shop.oms.calls.map(({ input }) => `${input.availableDelta} ${input.varianceReasonId}`);
  expect(told.sort()).toEqual(
    [
      '-1 POS_SALE',
      '1 POS_SALE',
      '1 POS_SALE',
      '2 VAR_FOUND',
      '-3 VAR_INTEGR',
      '-4 POS_RESERVED',
      '5 VAR_FOUND',
      '-6 VAR_MANUAL',
      '-7 CYCLE_COUNT',
      '-8 VAR_SAMPLE',
      '-9 VAR_LOST',
      '-11 VAR_MANUAL',
    ].sort(),
  );
  await service.stop();
});

test('transactions by the API reach the OMS at once, and what a lost event names by polling', async () => {
  const shop = await connectedShop('transactions-api', { smaregi: { pollSeconds: 1 } });
  const service = await shop.start();
  await shop.connect(service);
  const { till, webhooks } = shop.smaregi;
  const first = till.sell('1', sold('1001', 2));
  await eventually('the sale is told', () => shop.oms.calls.length === 1);
  webhooks.set({ lose: 2 });
  till.cancel(first);
  till.dispose(till.sell('2', [...sold('1002'), ...sold('1003', 3)]));
  till.sell('2', sold('1003'));
  await eventually('all levels are equal', () => shop.differing().length === 0);
  expect(shop.oms.calls.every(({ result }) => result === 'applied')).toBe(true);
  await service.stop();
});

test.each(['stock-changes', 'transactions-api'] as const)(
  'a service that follows %s and is killed again and again tells each change once',
  async (from) => {
    const shop = await connectedShop(from, { smaregi: { pollSeconds: 0.2 } });
    let service: ServiceProcess = await shop.start();
    await shop.connect(service);
    const { till } = shop.smaregi;
    let sales = 0;
    for (let kill = 0; kill < 3; kill += 1) {
      for (let sale = 0; sale < 12; sale += 1) {
        till.sell(String(1 + (sales % 2)), sold(String(1001 + (sales % 3))));
        sales += 1;
      }
      const told = shop.oms.calls.length;
      await eventually('some are told', () => shop.oms.calls.length > told);
      service.kill();
      await service.exited;
      service = await shop.start();
    }
    const open = `SELECT count(*) FROM posting WHERE state NOT IN ('posted', 'in-doubt')`;
    await eventually('all are in the ledger, and told', () => {
      return shop.count('SELECT count(*) FROM movement') === sales && shop.count(open) === 0;
    });
    const doubts = shop.count(`SELECT count(*) FROM posting WHERE state = 'in-doubt'`);
    const applied = shop.oms.calls.filter(({ result }) => result === 'applied').length;
    // A call in doubt may have been applied or not; no other was made twice, none is missing.
    expect(applied).toBeLessThanOrEqual(sales);
    expect(applied).toBeGreaterThanOrEqual(sales - doubts);
    await service.stop();
  },
  90_000,
);

test.each(['stock-changes', 'transactions-api'] as const)(
  'no log at trace level shows a secret of Smaregi: %s',
  async (from) => {
    const shop = await connectedShop(from, { smaregi: { pollSeconds: 0.2 } });
    shop.smaregi.faults.set({
      reads: { status: { code: 401, times: 2 }, dropBefore: 1, htmlLogin: 5 },
    });
    const service = await shop.start();
    await shop.connect(service);
    shop.smaregi.till.sell('1', sold('1001'));
    await eventually('all levels are equal', () => shop.differing().length === 0);
    expect(await service.stop()).toBe(0);
    const { clientId, clientSecret } = shop.smaregi.application;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    expect(service.output).toContain('smaregi-');
    for (const secret of [clientSecret, basic, 'the-webhook-key', 'sandbox-smaregi-token', shop.oms.token]) {
      expect(service.output).not.toContain(secret);
    }
  },
);
