import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/config/store-map.ts';
import type { OmsClient, OmsSettings } from '../../src/hotwax/oms-client.ts';
import type { Find } from '../../src/hotwax/oms-find.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Poster } from '../../src/posting/poster.ts';
import { ReadBack } from '../../src/posting/read-back.ts';
import type { OmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { countStates, movement, type TestLedger } from '../support/ledger.ts';
import { postingShop } from '../support/posting-shop.ts';
import { eventually } from '../support/service-process.ts';
import { smallRetailer } from '../support/small-retailer.ts';

const [harajuku] = smallRetailer as [Store, ...Store[]];

/** Ahead by long enough that every call so far is old enough to be read back. */
const later: Clock = { ...systemClock, now: () => systemClock.now() + 60_000 };

function code(n: number): string {
  return String(4_901_234_000_000 + n);
}

interface Shop {
  oms: OmsSandbox;
  ledger: TestLedger;
  client: OmsClient;
  poster: Poster;
  /** Records a sale of one, and returns once it was sent. */
  sell(product: number): Promise<void>;
  readBack(change?: {
    readBack?: OmsSettings['readBack'];
    stores?: Store[];
    beforeAnswer?: () => void;
    log?: string[];
  }): { finds: Find[]; readBack: ReadBack };
  level(product: number): number;
  states(): Record<string, number>;
}

async function shop(): Promise<Shop> {
  const codes = Array.from({ length: 10 }, (_, n) => code(n));
  const { oms, ledger, settings, start } = await postingShop(codes, {
    facility: 'externalFacilityId',
    concurrency: 1,
    timeoutSeconds: 1,
  });
  const { client, poster } = start();
  let sales = 0;
  return {
    oms,
    ledger,
    client,
    poster,
    level: (product) => oms.levels.get(harajuku.facilityId, { idType: 'UPCA', idValue: code(product) }),
    states: () => countStates(ledger.database),
    async sell(product) {
      sales += 1;
      const sale = movement(`${sales}/1/1`, { productCode: code(product), storeId: harajuku.storeId });
      ledger.database.transaction(() => ledger.movements.add(sale))();
      poster.wake();
      await eventually('sent', () => {
        const { due, sending, waiting } = countStates(ledger.database);
        return !due && !sending && !waiting;
      });
    },
    readBack({ readBack = 'variance', stores = smallRetailer, beforeAnswer = () => {}, log = [] } = {}) {
      const finds: Find[] = [];
      const reader = new ReadBack({
        ...ledger,
        oms: {
          performFind(find) {
            finds.push(find);
            beforeAnswer();
            return client.performFind(find);
          },
        },
        settings: { ...settings, readBack },
        idType: 'UPCA',
        stores,
        clock: later,
        log: loggerInto(log),
        onSettled: () => poster.wake(),
      });
      reader.start();
      onTestFinished(() => reader.stop(AbortSignal.timeout(3_000)));
      return { finds, readBack: reader };
    },
  };
}

/** A logger that keeps the codes of what it is told. */
function loggerInto(codes: string[]) {
  const log = createLogger('silent');
  log.warn = ((fields: { code?: string }) => codes.push(fields.code ?? '')) as typeof log.warn;
  return log;
}

test('a lost answer and a lost request are told apart, and the levels end equal', async () => {
  const { oms, sell, states, readBack, level, ledger } = await shop();
  await sell(0);
  oms.faults.set({ dropBefore: 1 });
  await sell(1);
  oms.faults.set({ dropAfter: 1 });
  await sell(2);
  expect(states()).toEqual({ posted: 1, 'in-doubt': 2 });
  readBack();
  await eventually('all posted', () => states().posted === 3);
  expect([level(0), level(1), level(2)]).toEqual([-1, -1, -1]);
  const closed = ledger.database
    .prepare(`SELECT outcome, note FROM call WHERE outcome_by = 'read back: variance' ORDER BY id`)
    .all();
  expect(closed).toEqual([
    { outcome: 'not-applied', note: '0 like records in the OMS; 0 calls answered, 1 in doubt' },
    { outcome: 'accepted', note: '1 like records in the OMS; 0 calls answered, 1 in doubt' },
  ]);
});

test('doubts among sales of the same product are settled by counting', async () => {
  const { oms, sell, states, readBack, level } = await shop();
  await sell(0);
  oms.faults.set({ dropBefore: 2 });
  await sell(0);
  await sell(0);
  await sell(0);
  expect(states()).toEqual({ posted: 2, 'in-doubt': 2 });
  readBack();
  await eventually('all posted', () => states().posted === 4);
  expect(level(0)).toBe(-4);
});

test('a doubt whose twin shares its fate only half stays in doubt, and is reported once', async () => {
  const { oms, sell, states, readBack, level } = await shop();
  await sell(0);
  oms.faults.set({ dropBefore: 1, dropAfter: 1 });
  await sell(1);
  await sell(1);
  const log: string[] = [];
  const { finds, readBack: reader } = readBack({ log });
  await eventually('both read', () => finds.length === 2);
  reader.wake();
  await eventually('read again', () => finds.length === 4);
  expect(log).toEqual(['doubt-unclear', 'doubt-unclear']);
  expect(states()).toEqual({ posted: 1, 'in-doubt': 2 });
  expect(level(1)).toBe(-1);
});

test('an OMS that does not show what it accepted proves nothing', async () => {
  const { oms, sell, states, readBack } = await shop();
  await sell(0);
  oms.faults.set({ dropAfter: 1 });
  await sell(1);
  const log: string[] = [];
  const stores = smallRetailer.map((store) => ({ ...store, facilityId: `${store.facilityId}_OLD` }));
  readBack({ stores, log });
  await eventually('said', () => log.length > 0);
  expect(log).toEqual(['doubt-unclear']);
  expect(states()).toEqual({ posted: 1, 'in-doubt': 1 });
});

test('what is told about the row while the OMS is read puts the verdict off', async () => {
  const { oms, sell, states, readBack, ledger, level } = await shop();
  oms.faults.set({ dropBefore: 1 });
  await sell(0);
  await sell(1);
  let twin = 0;
  const { readBack: reader, finds } = readBack({
    beforeAnswer() {
      if (twin > 0) return;
      ledger.database.transaction(() => {
        const sale = movement('twin/1/1', { productCode: code(0), storeId: harajuku.storeId });
        const movements = [{ id: ledger.movements.add(sale), multiplicity: 1 as const }];
        const call = { destination: 'hotwax' as const, movements, quantity: -1, reason: 'POS_SALE' };
        twin = ledger.calls.open(call, systemClock.now());
      })();
    },
  });
  await eventually('read', () => finds.length >= 2);
  await systemClock.sleep(100);
  expect(states()).toEqual({ posted: 1, sending: 1, 'in-doubt': 1 });
  ledger.database.transaction(() =>
    ledger.calls.close(twin, {
      outcome: 'not-applied',
      at: systemClock.now(),
      by: 'flagship',
      note: null,
    }),
  )();
  reader.wake();
  await eventually('all posted', () => states().posted === 3);
  expect(level(0)).toBe(-2);
});

test('a doubt that a slow OMS may still resolve is not read back yet', async () => {
  const { sell, states, readBack, ledger } = await shop();
  await sell(0);
  ledger.database.transaction(() => {
    const movements = [{ id: ledger.movements.add(movement('young/1/1')), multiplicity: 1 as const }];
    const call = { destination: 'hotwax' as const, movements, quantity: -1, reason: 'POS_SALE' };
    ledger.calls.doubt(ledger.calls.open(call, later.now()), later.now(), 'no answer');
  })();
  const { finds } = readBack();
  await systemClock.sleep(200);
  expect(finds).toEqual([]);
  expect(states()).toEqual({ posted: 1, 'in-doubt': 1 });
});

describe('with oms.readBack', () => {
  test.each(['off', 'quantity'] as const)('%s nothing is read', async (setting) => {
    const { oms, sell, states, readBack } = await shop();
    oms.faults.set({ dropAfter: 1 });
    await sell(0);
    const { finds, readBack: reader } = readBack({ readBack: setting });
    reader.wake();
    await systemClock.sleep(300);
    expect(finds).toEqual([]);
    expect(states()).toEqual({ 'in-doubt': 1 });
  });
});
