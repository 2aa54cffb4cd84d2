import { expect, test } from 'vitest';
import { Interventions } from '../../src/ledger/interventions.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { planReplay } from '../../src/ledger/replay-plan.ts';
import { takeInSale, tell } from '../support/closed-sales.ts';
import { countStates, makeLedger } from '../support/ledger.ts';

const decision = { at: Date.UTC(2026, 10, 25), who: 'someone', reason: 'looked it up' };

/** Two sales told by one call, and a third by another; nobody knows whether they arrived. */
async function twoDoubts() {
  const ledger = await makeLedger();
  const both = ['a', 'b'].flatMap((transactionId) => takeInSale(ledger, { transactionId }));
  tell(ledger, both, undefined);
  tell(ledger, takeInSale(ledger, { transactionId: 'c' }), undefined);
  return { ...ledger, interventions: new Interventions(ledger.database, ledger.postings, ledger.calls) };
}

test('doubts that one call made are settled together, also when a person names each of them', async () => {
  const { database, interventions } = await twoDoubts();
  interventions.settle([1, 2, 3], true, decision);
  expect(countStates(database)).toEqual({ posted: 3 });
});

test('doubts that one call made are replayed together', async () => {
  const { database, interventions } = await twoDoubts();
  const found = listPostings(database, { states: ['in-doubt'] }, 10);
  const rules = { doubtsNotApplied: true, postedAgain: false, again: false };
  interventions.replay(planReplay(found, rules), decision);
  expect(countStates(database)).toEqual({ waiting: 3 });
});

test('when one posting of a list may not be settled, none is', async () => {
  const { database, interventions } = await twoDoubts();
  interventions.settle([3], false, decision);
  expect(() => interventions.settle([1, 3], true, decision)).toThrow(
    expect.objectContaining({ code: 'posting-not-in-doubt' }),
  );
  expect(countStates(database)).toEqual({ 'in-doubt': 2, waiting: 1 });
});
