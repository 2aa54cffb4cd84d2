import { expect, test } from 'vitest';
import { CallRate } from '../../src/ledger/call-rate.ts';
import { makeLedger, movement, type TestLedger } from '../support/ledger.ts';

const minuteMs = 60_000;
const noon = Date.UTC(2026, 10, 25, 3, 0, 0);

let key = 0;

/** A call that left at `at`; without an outcome it is still under way. Returns its id. */
function call(
  { database, movements, calls }: TestLedger,
  at: number,
  outcome?: 'accepted' | 'refused',
): number {
  key += 1;
  return database.transaction(() => {
    const id = movements.add(movement(`${key}/1/1`, { recordedAt: at }));
    const told = [{ id, multiplicity: 1 as const }];
    const opened = calls.open(
      { destination: 'hotwax', movements: told, quantity: -1, reason: 'POS_SALE' },
      at,
    );
    if (outcome) calls.close(opened, { outcome, at: at + 50, by: 'flagship', note: null });
    return opened;
  })();
}

function counts(rate: CallRate, now: number): string[] {
  return rate
    .look(now)
    .filter(({ accepted, refused }) => accepted + refused > 0)
    .map(({ at, accepted, refused }) => `${(at - noon) / minuteMs}: ${accepted}+${refused}`);
}

test('calls are counted in the minute in which they left, those of now and those of long ago alike', async () => {
  const ledger = await makeLedger();
  for (const minutes of [-200, -90, -90, -3, -1, 0]) call(ledger, noon + minutes * minuteMs, 'accepted');
  call(ledger, noon - minuteMs, 'refused');
  const rate = new CallRate(ledger.database, 'hotwax', 180);
  expect(counts(rate, noon + 1_000)).toEqual(['-90: 2+0', '-3: 1+0', '-1: 1+1', '0: 1+0']);
  expect(rate.look(noon + 1_000)).toHaveLength(180);
});

test('a later look adds what is new, and what got its outcome meanwhile, and counts nothing twice', async () => {
  const ledger = await makeLedger();
  call(ledger, noon - 5 * minuteMs, 'accepted');
  const underWay = call(ledger, noon);
  const rate = new CallRate(ledger.database, 'hotwax', 180);
  expect(counts(rate, noon + 1_000)).toEqual(['-5: 1+0']);
  ledger.database.transaction(() =>
    ledger.calls.close(underWay, { outcome: 'accepted', at: noon + 2_000, by: 'flagship', note: null }),
  )();
  expect(counts(rate, noon + 3_000)).toEqual(['-5: 1+0', '0: 1+0']);
  call(ledger, noon + 4 * minuteMs, 'accepted');
  for (let look = 0; look < 3; look += 1) {
    expect(counts(rate, noon + 4 * minuteMs + look)).toEqual(['-5: 1+0', '0: 1+0', '4: 1+0']);
  }
});

test('what is older than the minutes asked for is forgotten', async () => {
  const ledger = await makeLedger();
  call(ledger, noon, 'accepted');
  const rate = new CallRate(ledger.database, 'hotwax', 10);
  expect(counts(rate, noon + 9 * minuteMs)).toEqual(['0: 1+0']);
  expect(counts(rate, noon + 10 * minuteMs)).toEqual([]);
});
