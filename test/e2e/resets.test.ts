import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CrashPoint } from '../../src/platform/crash-point.ts';
import { drop, namesIn } from '../support/retailer.ts';
import type { SalesLine } from '../support/sales-file.ts';
import { salesShop } from '../support/sales-shop.ts';
import { eventually } from '../support/service-process.ts';

const cap = '4901234000001';
const hat = '4901234000002';
const visor = '4901234000003';

/** Two stores that sell, and an OMS whose job runs when the test says so. Times of the day are those of Japan. */
async function shop(reset: object) {
  const { retailer, ...all } = await salesShop([cap, hat, visor], {
    inventory: { maxRejectedRatio: 1, maxDropRatio: 1 },
    reset: { pollSeconds: 0.2, confirmMarginMinutes: 0.01, ...reset },
  });
  let file = 0;
  return {
    ...all,
    start: (crashAt?: CrashPoint) => all.start(crashAt && { CRASH_AT: crashAt }),
    async snapshotStates() {
      const { stdout } = await all.run('snapshots', '--json');
      return (JSON.parse(stdout) as { state: string }[]).map(({ state }) => state);
    },
    level: (product: string) => all.level('HARAJUKU', product),
    sell(...lines: SalesLine[]) {
      file += 1;
      return all.sell(`uriage_${file}.csv`, lines);
    },
    /** Drops the inventory as of a time, and waits until it is delivered. */
    async snapshot(time: string, levels: Record<string, number>) {
      const rows = Object.entries(levels).map(([product, quantity]) => `1,${product},${quantity}`);
      await drop(retailer, `zaiko_20261124_${time}.csv`, ['店舗ID,商品コード,在庫数', ...rows].join('\n'));
      await eventually('the Reset CSV is delivered', async () =>
        (await namesIn(join(retailer.root, 'incoming'))).some((name) => name.endsWith('.csv')),
      );
    },
  };
}

/** A moment of the day, as a sales line has it. */
const at = (time: string) => new Date(`2026-11-24T${time}:00+09:00`).toISOString();

test('sales before, around and after a reset are each counted once, and explained', async () => {
  const { oms, start, sell, snapshot, states, level, run } = await shop({ confirm: 'pickup' });
  const service = await start();
  // Told before the snapshot and after it; the reset is going to overwrite both.
  await sell({ transaction: 1, product: cap, quantity: 1, at: at('11:00') });
  await sell({ transaction: 2, product: cap, quantity: 2, at: at('12:30') });
  await eventually('told', () => states().posted === 2);
  await snapshot('120000', { [cap]: 9, [hat]: 5 });
  // Sold while nobody can say on which side of the reset a call would land. The visor is not in the snapshot.
  await sell(
    { transaction: 3, product: cap, quantity: 1, at: at('12:45') },
    { transaction: 4, product: hat, quantity: 1, at: at('11:30') },
    { transaction: 5, product: visor, quantity: 1, at: at('12:45') },
  );
  await eventually('held', () => states().held === 2 && states().posted === 3);
  expect([level(cap), level(hat), level(visor)]).toEqual([-3, 0, -1]);

  await oms.runResetJob();
  await eventually('all settled', () => states().posted === 3 && states().absorbed === 2);
  // A till that was offline: the snapshot contained this sale.
  await sell({ transaction: 6, product: hat, quantity: 1, at: at('11:45') });
  await eventually('absorbed', () => states().absorbed === 3);
  expect([level(cap), level(hat), level(visor)]).toEqual([9 - 2 - 1, 5, -1]);
  const calls = oms.calls.map(({ input }) => `${input.idValue} ${input.availableDelta}`);
  expect(calls.slice(0, 3)).toEqual([`${cap} -1`, `${cap} -2`, `${visor} -1`]);
  expect(calls.slice(3).sort()).toEqual([`${cap} -1`, `${cap} -2`]);
  expect((await run('ledger', 'verify')).code).toBe(0);

  const story = (await run('explain', '1', cap)).stdout;
  expect(story).toMatch(/told again/);
  expect(story).toMatch(/should hold 6 now/);
  expect((await run('explain', '1', hat)).stdout).toMatch(/absorbed: posting/);
  expect(await service.stop()).toBe(0);
});

test("the OMS's import log ends the window as well", async () => {
  const { oms, start, sell, snapshot, states, level, snapshotStates } = await shop({
    confirm: 'data-manager',
  });
  const service = await start();
  await snapshot('120000', { [cap]: 9 });
  await sell({ transaction: 1, product: cap, quantity: 1, at: at('12:30') });
  await eventually('held', () => states().held === 1);
  await oms.runResetJob();
  await eventually('posted', () => states().posted === 1);
  expect(level(cap)).toBe(8);
  expect(await snapshotStates()).toEqual(['applied']);
  expect(await service.stop()).toBe(0);
});

test('an OMS that gives no sign is waited for up to the limit; then somebody says, and it counts', async () => {
  const { oms, start, sell, snapshot, states, level, snapshotStates, run } = await shop({
    confirm: 'pickup',
    holdLimitMinutes: 0.03,
  });
  const service = await start();
  await sell({ transaction: 1, product: cap, quantity: 1, at: at('11:00') });
  await eventually('told', () => states().posted === 1);
  await snapshot('120000', { [cap]: 9 });
  await sell({ transaction: 2, product: cap, quantity: 1, at: at('12:30') });
  await eventually('let go', () => states().posted === 2);
  expect(service.output).toContain('reset-unconfirmed');
  expect(await snapshotStates()).toEqual(['unconfirmed']);

  await oms.runResetJob();
  expect(level(cap)).toBe(9);
  const reason = ['--reason', 'seen in the Data Manager'];
  expect((await run('snapshots', 'applied', '1', ...reason)).code).toBe(2);
  expect((await run('snapshots', 'applied', '1', '--at', '2026-11-24', ...reason)).code).toBe(3);
  const said = await run('snapshots', 'applied', '1', '--at', new Date().toISOString(), ...reason);
  expect(said.code).toBe(0);
  await eventually('told again', () => level(cap) === 8);
  await eventually('quiet', () => states().posted === 1 && states().absorbed === 1);
  expect(await snapshotStates()).toEqual(['applied']);
  expect((await run('snapshots', 'applied', '1', '--never', ...reason)).code).toBe(3);
  expect(await service.stop()).toBe(0);
});

test.each(['reset-looked-up', 'reset-known', 'remote-before-rename', 'remote-after-rename'] as const)(
  'killed at "%s", it ends as if it had not been',
  async (point) => {
    const { oms, start, sell, snapshot, states, level, run, snapshotStates } = await shop({
      confirm: 'pickup',
    });
    const doomed = await start(point);
    await sell({ transaction: 1, product: cap, quantity: 1, at: at('11:00') });
    await sell({ transaction: 2, product: cap, quantity: 2, at: at('12:30') });
    await eventually('told', () => states().posted === 2);
    const delivering = snapshot('120000', { [cap]: 9 });
    if (point.startsWith('reset')) {
      await delivering;
      await oms.runResetJob();
    }
    expect(await doomed.exited).toMatchObject({ signal: 'SIGKILL' });
    const service = await start();
    await delivering;
    await oms.runResetJob();
    await eventually('settled', () => states().posted === 1 && states().absorbed === 1);
    expect(level(cap)).toBe(7);
    expect(await snapshotStates()).toEqual(['applied']);
    expect((await run('ledger', 'verify')).code).toBe(0);
    expect(await service.stop()).toBe(0);
  },
  60_000,
);
