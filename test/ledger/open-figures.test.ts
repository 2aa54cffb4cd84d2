import { expect, test } from 'vitest';
import { lastCall, newestMovementAt, openFigures } from '../../src/ledger/open-figures.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { fromIso } from '../../src/platform/time-zone.ts';
import { addPostedSales, takeInSale, tell } from '../support/closed-sales.ts';
import { makeLedger } from '../support/ledger.ts';

const at = (time: string) => `2026-11-25T${time}:00.000Z`;

test('for each store, what is due, in doubt and refused, and how old the oldest of it is', async () => {
  const ledger = await makeLedger();
  const { database, calls } = ledger;
  addPostedSales(ledger, 3);
  takeInSale(ledger, { transactionId: 'a', storeId: '1', recordedAt: at('03:10') });
  takeInSale(ledger, { transactionId: 'b', storeId: '1', recordedAt: at('03:05') });
  tell(ledger, takeInSale(ledger, { transactionId: 'c', storeId: '2', recordedAt: at('03:20') }), undefined);
  for (const [transactionId, productCode] of [
    ['d', 'cap'],
    ['e', 'cap'],
    ['f', 'hat'],
  ] as const) {
    const sale = takeInSale(ledger, { transactionId, productCode, storeId: '2', recordedAt: at('03:30') });
    const call = tell(ledger, sale, undefined);
    const end = {
      outcome: 'refused' as const,
      at: fromIso(at('03:31')),
      by: 'flagship',
      note: 'no such product',
    };
    database.transaction(() => calls.close(call, end))();
  }
  const figures = openFigures(database).toSorted((a, b) => a.storeId.localeCompare(b.storeId));
  const nothing = { due: 0, held: 0, inDoubt: 0, refused: 0, refusedProducts: 0 };
  expect(figures).toEqual([
    {
      ...nothing,
      destination: 'hotwax',
      storeId: '1',
      due: 2,
      oldest: { due: fromIso(at('03:05')) },
      oldestAt: fromIso(at('03:05')),
    },
    {
      ...nothing,
      destination: 'hotwax',
      storeId: '2',
      inDoubt: 1,
      refused: 3,
      refusedProducts: 2,
      oldest: { inDoubt: fromIso(at('03:20')), refused: fromIso(at('03:30')) },
      oldestAt: fromIso(at('03:20')),
    },
  ]);
  expect(newestMovementAt(database, 'hotwax')).toBe(fromIso(at('03:30')));
  expect(newestMovementAt(database, 'smaregi')).toBeUndefined();
  expect(lastCall(database, 'hotwax')).toMatchObject({ outcome: 'refused', note: 'no such product' });
});

test('of a backlog larger than what is looked through, the oldest counts', async () => {
  const ledger = await makeLedger();
  for (const minute of ['03:01', '03:02', '03:03']) {
    takeInSale(ledger, { transactionId: minute, recordedAt: at(minute) });
  }
  takeInSale(ledger, { transactionId: 'b', storeId: '2', recordedAt: at('03:04') });
  expect(openFigures(ledger.database, 2)).toMatchObject([
    { storeId: '1', due: 2, oldestAt: fromIso(at('03:01')) },
  ]);
});

test('an empty ledger has nothing open and no call', async () => {
  const { database } = await makeLedger();
  expect(openFigures(database)).toEqual([]);
  expect(newestMovementAt(database, 'hotwax')).toBeUndefined();
  expect(lastCall(database, 'hotwax')).toBeUndefined();
});

test('doubts and refusals are found without looking at what is posted', async () => {
  const { database } = await makeLedger();
  const plans: string[] = [];
  const explaining = new Proxy(database, {
    get(target, name) {
      if (name !== 'prepare') return Reflect.get(target, name);
      return (sql: string) => {
        const statement = target.prepare(sql);
        return {
          all(...parameters: unknown[]) {
            const plan = target.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as {
              detail: string;
            }[];
            plans.push(...plan.map(({ detail }) => detail));
            return statement.all(...parameters);
          },
        };
      };
    },
  });
  listPostings(explaining, { states: ['in-doubt'] }, 10);
  openFigures(explaining);
  expect(
    plans.filter((step) => /^SCAN (posting|movement)(?! USING INDEX posting_(due|open))/.test(step)),
  ).toEqual([]);
  expect(plans.some((step) => step.includes('posting_open'))).toBe(true);
  expect(plans.some((step) => step.includes('posting_due'))).toBe(true);
});
