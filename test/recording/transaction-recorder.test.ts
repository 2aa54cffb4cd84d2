import { describe, expect, test } from 'vitest';
import { ReadingRecords } from '../../src/ledger/reading-records.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { SmaregiSandbox } from '../../src/sandbox/smaregi-sandbox.ts';
import { makeFollowing, toldSums } from '../support/following.ts';
import type { TestLedger } from '../support/ledger.ts';
import { movementsOf, sumsOf } from '../support/till.ts';

const never = new AbortController().signal;
const sold = (productId: string, quantity = 1) => [{ productId, quantity }];

function differencesIn({ database, postings }: TestLedger): string[] {
  const found: string[] = [];
  verifyLedger(database, postings, ({ what }) => found.push(what));
  return found;
}

/** The first line of a transaction, as the API gives it. */
function lineOf(smaregi: SmaregiSandbox, transaction: number): Record<string, string> {
  const details = smaregi.till.rows()[transaction]?.details as Record<string, string>[] | undefined;
  return details?.[0] ?? {};
}

async function begun(options: Parameters<typeof makeFollowing>[0] = {}) {
  const following = await makeFollowing(options);
  await following.readTransactions();
  return following;
}

describe('transactions by the API', () => {
  test('have the effects that they have in files', async () => {
    const { smaregi, ledger, readTransactions } = await begun();
    const { till, book } = smaregi;
    const first = till.sell('1', [...sold('1001', 2), ...sold('1002')]);
    const second = till.sell('3', sold('1001'));
    till.takeBack('1', sold('1003', 1));
    await readTransactions();
    till.cancel(first);
    const reversal = till.dispose(second);
    await readTransactions();
    await readTransactions();
    expect(movementsOf(ledger)).toEqual([
      `${first}/1/1 sale 1 4900000000001 -2`,
      `${first}/2/1 sale 1 4900000000002 -1`,
      `${second}/1/1 sale 3 4900000000001 -1`,
      `8803/1/1 return 1 4900000000003 1`,
      `${first}/1/2 cancel 1 4900000000001 2`,
      `${first}/2/2 cancel 1 4900000000002 1`,
      `${reversal}/1/1 reversal 3 4900000000001 1`,
    ]);
    expect(sumsOf(ledger)).toEqual({ '1 4900000000003': book.stock('1', '1003') });
    expect(differencesIn(ledger)).toEqual([]);
  });

  test('move how far was read in the transaction of the movements', async () => {
    const { smaregi, ledger, readTransactions } = await begun();
    const cursor = () => new ReadingRecords(ledger.database).get('transactions')?.readUntil ?? 0;
    const before = cursor();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    smaregi.till.sell('1', sold('1001'));
    ledger.database.exec(
      `CREATE TEMP TRIGGER fails BEFORE UPDATE ON main.reading BEGIN SELECT raise(ABORT, 'no'); END`,
    );
    await expect(readTransactions()).rejects.toThrow('no');
    expect([cursor(), movementsOf(ledger)]).toEqual([before, []]);
    ledger.database.exec('DROP TRIGGER fails');
    await readTransactions();
    expect(cursor()).toBeGreaterThan(before);
    expect(movementsOf(ledger)).toHaveLength(1);
  });

  test('are all found, many in one second, while others change between the pages', async () => {
    const { smaregi, ledger, transactions } = await begun();
    const { till } = smaregi;
    const ids = Array.from({ length: 350 }, () => till.sell('1', sold('1001')));
    let turn = 0;
    await transactions.takeAll(never, async () => {
      // A cancellation moves the transaction to the end of the list, and all between to another page.
      for (const id of ids.slice(turn * 20, turn * 20 + 20)) if (turn < 5) till.cancel(id);
      turn += 1;
    });
    await transactions.takeAll(never, async () => {});
    expect(toldSums(ledger)).toEqual({ '1 4900000000001': -250 });
  });

  test('of a service that was down for longer than Smaregi answers for are found all the same', async () => {
    let ahead = -45 * 86_400_000;
    const clock = { ...systemClock, now: () => systemClock.now() + ahead };
    const following = await begun({ clock });
    following.smaregi.till.sell('1', sold('1001'));
    ahead = -40 * 86_400_000;
    const old = following.smaregi.till.sell('1', sold('1001'));
    ahead = 0;
    following.smaregi.till.cancel(old);
    following.smaregi.till.sell('3', sold('1002'));
    following.again();
    await following.readTransactions();
    expect(sumsOf(following.ledger)).toEqual({ '1 4900000000001': -1, '3 4900000000002': -1 });
  });

  test('from before the start are told to nobody, but what happens to them later is', async () => {
    let ahead = -7_200_000;
    const clock = { ...systemClock, now: () => systemClock.now() + ahead };
    const { smaregi, ledger, readTransactions } = await makeFollowing({ clock });
    const old = smaregi.till.sell('1', sold('1001', 3));
    const older = smaregi.till.sell('1', sold('1002', 1));
    ahead = 0;
    await readTransactions();
    smaregi.till.cancel(old);
    smaregi.till.dispose(older);
    await readTransactions();
    const needs = ledger.database
      .prepare(
        `SELECT kind || ' ' || quantity || ' ' || state FROM movement JOIN posting ON movement_id = id`,
      )
      .pluck()
      .all();
    expect([...needs].sort()).toEqual(['cancel 3 due', 'reversal 1 due', 'sale -1 posted', 'sale -3 posted']);
    expect(differencesIn(ledger)).toEqual([]);
  });

  test('count under the code of their product, and not at all where Smaregi does not count its stock', async () => {
    const { smaregi, ledger, readTransactions } = await begun();
    smaregi.setProduct({ productId: '1009', productCode: '4900000000009', managed: false });
    smaregi.till.sell('1', [...sold('1001'), ...sold('1009')]);
    lineOf(smaregi, 0).productCode = 'what-the-till-printed-once';
    await readTransactions();
    expect(toldSums(ledger)).toEqual({ '1 4900000000001': -1 });
  });

  test('that a webhook names are read at once, each alone', async () => {
    const { smaregi, ledger, transactions } = await begun();
    const id = smaregi.till.sell('1', sold('1001'));
    smaregi.till.sell('1', sold('1002'));
    await transactions.takeIds([id], never);
    expect(movementsOf(ledger)).toEqual([`${id}/1/1 sale 1 4900000000001 -1`]);
  });

  test('with a line that cannot be taken say so once, and their other lines count', async () => {
    const { smaregi, ledger, readTransactions, said } = await begun();
    smaregi.till.sell('1', [...sold('1001'), ...sold('1002')]);
    smaregi.till.sell('77', sold('1001'));
    lineOf(smaregi, 0).quantity = 'many';
    await readTransactions();
    await readTransactions();
    expect(toldSums(ledger)).toEqual({ '1 4900000000002': -1 });
    const reasons = said.map((text) => JSON.parse(text)).filter(({ code }) => code === 'api-line-rejected');
    expect(reasons.map(({ reason }) => reason)).toEqual(['bad-quantity', 'unknown-store']);
  });

  test('without their details are a problem, and keep no other', async () => {
    const { smaregi, ledger, readTransactions, said } = await begun();
    smaregi.till.sell('1', sold('1001'));
    delete (smaregi.till.rows()[0] as Record<string, unknown>).details;
    await expect(readTransactions()).rejects.toMatchObject({ code: 'smaregi-odd-answer' });
    expect(movementsOf(ledger)).toEqual([]);
    smaregi.till.sell('1', sold('1002'));
    await readTransactions();
    expect(toldSums(ledger)).toEqual({ '1 4900000000002': -1 });
    expect(said.some((line) => line.includes('api-transaction-rejected'))).toBe(true);
  });
});
