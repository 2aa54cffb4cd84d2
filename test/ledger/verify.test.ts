import { expect, test } from 'vitest';
import { type Difference, verifyLedger } from '../../src/ledger/verify.ts';
import { addPostedSales, takeInSale, tell } from '../support/closed-sales.ts';
import { makeLedger, type TestLedger } from '../support/ledger.ts';

function differences({ database, postings }: TestLedger): Difference[] {
  const found: Difference[] = [];
  verifyLedger(database, postings, (difference) => found.push(difference));
  return found;
}

/** Every kind of posting: told, in doubt, due, not applied, cancelled before it was told, told together. */
async function livelyLedger(): Promise<TestLedger> {
  const ledger = await makeLedger();
  addPostedSales(ledger, 5);
  tell(ledger, takeInSale(ledger, { transactionId: 'doubtful' }), undefined);
  tell(ledger, takeInSale(ledger, { transactionId: 'tried' }), 'not-applied');
  takeInSale(ledger, { transactionId: 'due' });
  const both = ['a', 'b'].flatMap((transactionId) => takeInSale(ledger, { transactionId }));
  tell(ledger, both, 'accepted');
  takeInSale(ledger, { transactionId: 'a', quantity: -3, recordedAt: '2026-11-21T00:00:00.000Z' });
  return ledger;
}

test('a ledger that was only ever written by its own rules is equal, and is not written to', async () => {
  const ledger = await livelyLedger();
  ledger.database.pragma('query_only = ON');
  const found: Difference[] = [];
  expect(verifyLedger(ledger.database, ledger.postings, (difference) => found.push(difference))).toEqual({
    postings: 11,
    calls: 8,
    lines: 10,
  });
  expect(found).toEqual([]);
});

test.each([
  ['a state', `UPDATE posting SET state = 'due' WHERE movement_id = 1`, 'posting', /^posting 1 is due/],
  [
    'a need',
    'UPDATE posting SET need = 1 WHERE movement_id = 2',
    'posting',
    /^posting 2 is posted with need 1/,
  ],
  [
    'a posting that is gone',
    'DELETE FROM posting WHERE movement_id = 3',
    'posting',
    /^movement 3 has no posting/,
  ],
  [
    'another time in a posting',
    `UPDATE posting SET recorded_at = '2020' WHERE movement_id = 4`,
    'posting',
    /^posting 4 has another/,
  ],
  ['an outcome', `UPDATE call SET outcome = 'refused' WHERE id = 5`, 'posting', /^posting 5 is posted/],
  ['a quantity of a call', 'UPDATE call SET quantity = -7 WHERE id = 1', 'call', /^call 1 told -7/],
  [
    'an effect',
    `UPDATE transaction_line SET effect = -9 WHERE transaction_id = 't1'`,
    'line',
    /t1\/1 has effect -9/,
  ],
  [
    'a movement that its line does not count',
    `UPDATE transaction_line SET movements = 1 WHERE transaction_id = 'a'`,
    'line',
    /a\/1 has effect -3 in 1 movements; found are -3 in 2/,
  ],
  ['a movement that is gone', 'DELETE FROM movement WHERE id = 1', 'link', /names movement 1/],
  ['a lost movement of a line', 'DELETE FROM movement WHERE id = 1', 'archive', /^1 movements \(sum -1\)/],
  ['a call that is gone', 'DELETE FROM call WHERE id = 2', 'link', /^call_movement names call 2/],
  ['a call about nothing', 'DELETE FROM call_movement WHERE call_id = 3', 'call', /^call 3 tells of no/],
])('%s that was tampered with is found', async (_what, sql, kind, words) => {
  const ledger = await livelyLedger();
  ledger.database.pragma('foreign_keys = OFF');
  ledger.database.exec(sql);
  const found = differences(ledger);
  expect(found).toContainEqual({ kind, what: expect.stringMatching(words) });
});

test('an index that lost an entry is found by the check of the file', async () => {
  const ledger = await livelyLedger();
  const { database } = ledger;
  database.unsafeMode();
  database.pragma('writable_schema = ON');
  database.exec(
    `UPDATE sqlite_schema SET sql = replace(sql, '(state, recorded_at)', '(recorded_at, state)')
     WHERE name = 'posting_open'`,
  );
  database.pragma('writable_schema = RESET');
  expect(differences(ledger)).toContainEqual({
    kind: 'file',
    what: expect.stringMatching(/posting_open/),
  });
});
