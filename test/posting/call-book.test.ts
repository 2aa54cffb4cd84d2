import { expect, test } from 'vitest';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { CallBook, type Entry, type RecordedCall } from '../../src/posting/call-book.ts';
import { type CallPlan, planOf } from '../../src/posting/call-plan.ts';
import { omsRecipient } from '../../src/posting/oms-recipient.ts';
import { takeInSale } from '../support/closed-sales.ts';
import { makeLedger, type TestLedger } from '../support/ledger.ts';
import { smallRetailer } from '../support/small-retailer.ts';

function bookOf({ postings, calls }: TestLedger): CallBook {
  const recipient = omsRecipient({
    oms: { adjust: () => Promise.reject(new Error('nothing is sent here')) },
    settings: { concurrency: 4, reasons: {}, coalesceAbove: 100_000 },
    idType: 'UPCA',
    stores: smallRetailer,
  });
  return new CallBook({ postings, calls, recipient, clock: systemClock, random: () => 0.5 });
}

function plansOf({ postings }: TestLedger): CallPlan[] {
  return postings.due('hotwax', systemClock.now(), 1_000).map((posting) => planOf([posting]));
}

function enter(ledger: TestLedger, entries: readonly Entry[]): (RecordedCall | undefined)[] {
  const found: string[] = [];
  const results = ledger.database.transaction(() => bookOf(ledger).enter(entries))();
  verifyLedger(ledger.database, ledger.postings, ({ what }) => found.push(what));
  expect(found).toEqual([]);
  return results;
}

function record(ledger: TestLedger, plans: readonly CallPlan[]): (RecordedCall | undefined)[] {
  return enter(
    ledger,
    plans.map((plan) => ({ kind: 'planned', plan })),
  );
}

function accepted(plan: CallPlan, call: RecordedCall | undefined): Entry {
  if (call === undefined) throw new Error('no such call');
  return { kind: 'ended', plan, call, outcome: { kind: 'accepted' }, receipt: undefined };
}

function states({ database }: TestLedger): string[] {
  return database.prepare('SELECT state FROM posting ORDER BY movement_id').pluck().all() as string[];
}

test('of many plans those are recorded that are needed as they were; each call knows its own movement', async () => {
  const ledger = await makeLedger();
  for (let n = 1; n <= 5; n += 1) takeInSale(ledger, { transactionId: `${n}`, quantity: -n });
  takeInSale(ledger, { transactionId: '6', storeId: 'unknown' });
  const plans = plansOf(ledger);
  expect(plans).toHaveLength(6);
  // The third is told by somebody else meanwhile, the fourth is cancelled.
  record(ledger, plans.slice(2, 3));
  takeInSale(ledger, { transactionId: '4', quantity: 0, recordedAt: '2026-11-21T00:00:00.000Z' });
  const recorded = record(ledger, plans);
  expect(recorded.map((call) => call?.told.map(({ id }) => id))).toEqual([
    [1],
    [2],
    undefined,
    undefined,
    [5],
    undefined,
  ]);
  const calls = ledger.database
    .prepare(
      `SELECT movement_id AS movement, call.quantity, outcome FROM call JOIN call_movement ON call_id = call.id
       WHERE call.id IN (SELECT value FROM json_each(?)) ORDER BY call.id`,
    )
    .all(JSON.stringify(recorded.flatMap((call) => (call ? [call.id] : []))));
  expect(calls).toEqual([
    { movement: 1, quantity: -1, outcome: 'unknown' },
    { movement: 2, quantity: -2, outcome: 'unknown' },
    { movement: 5, quantity: -5, outcome: 'unknown' },
  ]);
  expect(states(ledger).slice(0, 3)).toEqual(['sending', 'sending', 'sending']);
  expect(states(ledger)[5]).toBe('refused');
});

test('acceptances that are entered together stand, but for a call that was settled before: that stands as it is', async () => {
  const ledger = await makeLedger();
  for (let n = 1; n <= 4; n += 1) takeInSale(ledger, { transactionId: `${n}` });
  const plans = plansOf(ledger);
  const calls = record(ledger, plans);
  const end = { outcome: 'not-applied', at: systemClock.now(), by: 'operator', note: null } as const;
  ledger.calls.close(calls[1]?.id ?? 0, end);
  enter(
    ledger,
    plans.map((plan, index) => accepted(plan, calls[index])),
  );
  expect(states(ledger)).toEqual(['posted', 'waiting', 'posted', 'posted']);
});

test('whatever came of calls is entered with what is recorded next, each on its own terms', async () => {
  const ledger = await makeLedger();
  for (let n = 1; n <= 6; n += 1) takeInSale(ledger, { transactionId: `${n}` });
  const plans = plansOf(ledger);
  const calls = record(ledger, plans.slice(0, 5));
  const ended = (n: number, outcome: Extract<Entry, { kind: 'ended' }>['outcome']): Entry => {
    const [plan, call] = [plans[n], calls[n]];
    if (plan === undefined || call === undefined) throw new Error('no such call');
    return { kind: 'ended', plan, call, outcome, receipt: undefined };
  };
  const results = enter(ledger, [
    ended(0, { kind: 'accepted' }),
    ended(1, { kind: 'refused', note: 'no such product' }),
    { kind: 'planned', plan: plans[5] as CallPlan },
    ended(2, { kind: 'in-doubt', note: 'the answer was lost' }),
    ended(3, { kind: 'not-sent', note: 'connection refused' }),
    { kind: 'kept-back', plan: plans[4] as CallPlan, call: calls[4] as RecordedCall },
  ]);
  expect(results.map((call) => call !== undefined)).toEqual([false, false, true, false, false, false]);
  expect(states(ledger)).toEqual(['posted', 'refused', 'in-doubt', 'waiting', 'waiting', 'sending']);
  const due = ledger.database.prepare('SELECT due_at > ? FROM posting WHERE movement_id = ?').pluck();
  const now = new Date().toISOString();
  expect([4, 5].map((id) => due.get(now, id))).toEqual([1, 0]);
});
