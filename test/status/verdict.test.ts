import { describe, expect, test } from 'vitest';
import type { FileRecord } from '../../src/ledger/file-records.ts';
import type { Snapshot } from '../../src/ledger/snapshot-records.ts';
import type { Situation, StoreStanding } from '../../src/status/situation.ts';
import { judge } from '../../src/status/verdict.ts';

const minuteMs = 60_000;
/** A moment of 25 November 2026 in Tokyo. */
const tokyo = (time: string, day = '25') => Date.parse(`2026-11-${day}T${time}:00+09:00`);

function situation(change: Partial<Situation> = {}): Situation {
  return {
    now: tokyo('14:05'),
    timeZone: 'Asia/Tokyo',
    nextReset: tokyo('05:30', '26'),
    deadline: tokyo('05:00', '26'),
    delivered: undefined,
    undelivered: [],
    held: [],
    unconfirmed: [],
    refused: [],
    alarms: [],
    stores: [],
    due: change.stores?.reduce((sum, { due }) => sum + due, 0) ?? 0,
    newestAt: tokyo('14:03'),
    lastCall: { sentAt: tokyo('14:04'), outcome: 'accepted', note: null },
    backlogSince: undefined,
    minutesToDrain: undefined,
    posting: true,
    ...change,
  };
}

function standing(name: string, change: Partial<StoreStanding> = {}): StoreStanding {
  const oldest = change.oldest ?? {};
  return {
    destination: 'hotwax',
    storeId: name,
    name,
    due: 0,
    held: 0,
    inDoubt: 0,
    refused: 0,
    refusedProducts: 0,
    oldestAt: Math.min(...Object.values(oldest), Number.POSITIVE_INFINITY),
    ...change,
    oldest,
  };
}

const refusing = (name: string, products: number, at: number) =>
  standing(name, { refused: products, refusedProducts: products, oldest: { refused: at } });

function snapshot(change: Partial<Snapshot>): Snapshot {
  return {
    id: 7,
    file: 'zaiko.csv',
    sha256: '',
    takenAt: tokyo('03:00'),
    correction: false,
    resetName: '',
    resetBytes: 0,
    resetSha256: '',
    rows: 10,
    written: 10,
    rejected: 0,
    stores: [],
    state: 'ready',
    reason: null,
    uploadedAt: null,
    uploadedTo: null,
    deliveredAt: null,
    pickedUpAt: null,
    appliedAt: null,
    attempts: 0,
    problem: null,
    ...change,
  };
}

const failing = snapshot({
  state: 'delivering',
  problem: { code: 'delivery-unreachable', message: 'no answer', at: tokyo('14:00') },
});
const refusedFile = { name: 'uriage.csv', reason: 'no-header', message: 'No header.' } as FileRecord;
const dueSince = (at: number, due = 40) => standing('原宿店', { due, oldest: { due: at } });

describe('the sentence', () => {
  test.each<[string, Partial<Situation>, string, string]>([
    ['all is well', {}, 'ok', 'Everything sold until 14:03 is in the OMS. Next reset 05:30.'],
    [
      'what just came is on its way',
      { stores: [dueSince(tokyo('14:04'))], newestAt: tokyo('14:05') },
      'ok',
      'Everything sold until 14:04 is in the OMS. Next reset 05:30.',
    ],
    [
      'products are refused',
      { stores: [refusing('原宿店', 3, tokyo('13:53'))] },
      'attention',
      '原宿店 is 12 minutes behind: the OMS refuses 3 products. Next reset 05:30.',
    ],
    [
      'products of several stores are refused',
      { stores: [refusing('渋谷店', 1, tokyo('13:59')), refusing('原宿店', 3, tokyo('11:05'))] },
      'attention',
      '原宿店 and 1 more store are up to 3 hours behind: the OMS refuses 4 products. Next reset 05:30.',
    ],
    [
      'answers were lost',
      { stores: [standing('渋谷店', { inDoubt: 2, oldest: { inDoubt: tokyo('14:00') } })] },
      'attention',
      '渋谷店: nobody can say whether 2 deltas reached the OMS. Next reset 05:30.',
    ],
    [
      'the OMS is down',
      {
        stores: [dueSince(tokyo('13:45'), 1_240)],
        lastCall: { sentAt: tokyo('14:04'), outcome: 'not-applied', note: 'ECONNREFUSED' },
        backlogSince: tokyo('13:46'),
      },
      'attention',
      '原宿店 is 20 minutes behind: the OMS takes nothing (ECONNREFUSED); 1,240 deltas wait. Next reset 05:30.',
    ],
    [
      'no OMS is configured',
      { stores: [dueSince(tokyo('13:45'))], posting: false },
      'attention',
      '原宿店 is 20 minutes behind: no OMS is configured; 40 deltas wait. Next reset 05:30.',
    ],
    [
      'nothing goes out although nothing is refused',
      { stores: [dueSince(tokyo('13:45'))], lastCall: undefined, backlogSince: tokyo('13:46') },
      'attention',
      '原宿店 is 20 minutes behind: the OMS takes nothing; 40 deltas wait. Next reset 05:30.',
    ],
    [
      'a file of the last hour just came',
      { stores: [dueSince(tokyo('13:05'))], lastCall: undefined, backlogSince: tokyo('14:05') },
      'waiting',
      '40 deltas are on the way to the OMS, the oldest from 13:05. Next reset 05:30.',
    ],
    [
      'a backlog drains',
      { stores: [dueSince(tokyo('13:51'), 1_200)], minutesToDrain: 2.4, backlogSince: tokyo('13:50') },
      'waiting',
      '1,200 deltas are on the way to the OMS, the oldest from 13:51; about 3 minutes to go. Next reset 05:30.',
    ],
    [
      'deltas wait inside a reset window',
      {
        now: tokyo('05:25'),
        nextReset: tokyo('05:30'),
        stores: [standing('原宿店', { held: 3, oldest: { held: tokyo('05:21') } })],
      },
      'waiting',
      '3 deltas since 05:21 wait for the OMS to apply the reset. Next reset 05:30.',
    ],
    [
      'a snapshot cannot be delivered',
      { undelivered: [failing] },
      'attention',
      'The snapshot of 03:00 is not delivered (delivery-unreachable: no answer). Next reset 05:30.',
    ],
    [
      'a snapshot cannot be delivered and its deadline is over',
      { now: tokyo('05:10'), deadline: tokyo('05:00'), nextReset: tokyo('05:30'), undelivered: [failing] },
      'attention',
      'The snapshot of 03:00 is not delivered (delivery-unreachable: no answer). The deadline has passed. Next reset 05:30.',
    ],
    [
      'a snapshot is held',
      { held: [snapshot({ state: 'held', reason: 'store-missing' })] },
      'attention',
      'Snapshot 7 of zaiko.csv is held, since a store is missing (store-missing): release or discard it. Next reset 05:30.',
    ],
    [
      'nobody knows whether a reset came',
      { unconfirmed: [snapshot({ state: 'unconfirmed', deliveredAt: tokyo('03:01') })] },
      'attention',
      'Nobody knows whether the OMS applied snapshot 7, delivered at 03:01. Next reset 05:30.',
    ],
    [
      'a file is refused',
      { refused: [refusedFile] },
      'attention',
      'uriage.csv was refused (no-header). Next reset 05:30.',
    ],
    [
      'a snapshot is on its way',
      { undelivered: [snapshot({})] },
      'waiting',
      'The snapshot of 03:00 is being delivered. Next reset 05:30.',
    ],
    [
      'no snapshot came by the deadline',
      { now: tokyo('05:10'), deadline: tokyo('05:00'), nextReset: tokyo('05:30') },
      'attention',
      'No snapshot came by the deadline of 05:00. Next reset 05:30.',
    ],
    [
      'a retailer without sales waits for its snapshot',
      { newestAt: undefined },
      'waiting',
      'Waiting for the snapshot of the day, due by 05:00. Next reset 05:30.',
    ],
    [
      'a retailer without sales has its snapshot',
      {
        now: tokyo('03:30'),
        nextReset: tokyo('05:30'),
        deadline: tokyo('05:00'),
        newestAt: undefined,
        delivered: snapshot({ state: 'delivered', deliveredAt: tokyo('03:01') }),
      },
      'ok',
      'The snapshot of 03:00 was delivered at 03:01. Next reset 05:30.',
    ],
    [
      'Smaregi refuses packed items',
      {
        stores: [
          standing('原宿店', {
            destination: 'smaregi',
            refused: 2,
            inDoubt: 1,
            oldest: { refused: tokyo('13:00') },
          }),
        ],
      },
      'attention',
      'Smaregi refuses 2 packed items, and 1 more is in doubt. Next reset 05:30.',
    ],
  ])('when %s', (_when, change, level, sentence) => {
    const verdict = judge(situation(change));
    expect([verdict.level, verdict.sentence.en]).toEqual([level, sentence]);
  });

  test('says the same in Japanese', () => {
    expect(judge(situation()).sentence.ja).toBe(
      '14:03までの販売はすべてOMSに反映されています。次のリセットは05:30です。',
    );
    expect(judge(situation({ stores: [refusing('原宿店', 3, tokyo('13:53'))] })).sentence.ja).toBe(
      '原宿店が12分遅れています：OMSが3商品を拒否しています。次のリセットは05:30です。',
    );
  });
});

test('an alarm about what is looked at nowhere else is a finding; one that is told already is not', () => {
  const alarm = (code: string) => ({
    id: 1,
    code,
    subject: '',
    message: `${code} happened.`,
    startedAt: 0,
    calmSince: undefined,
    endedAt: undefined,
  });
  const alarms = [alarm('postings-refused'), alarm('disk-low'), alarm('inventory-late')];
  const verdict = judge(situation({ alarms }));
  expect(verdict.sentence.en).toBe('disk-low happened. Next reset 05:30.');
  expect(verdict.findings.map(({ code }) => code)).toEqual(['disk-low', 'inventory-late']);
  const missing = { now: tokyo('05:10'), deadline: tokyo('05:00'), nextReset: tokyo('05:30') };
  expect(judge(situation({ alarms, ...missing })).findings.map(({ code }) => code)).toEqual([
    'snapshot-missing',
    'disk-low',
  ]);
});

describe('of several things', () => {
  const stores = [refusing('原宿店', 1, tokyo('13:53')), dueSince(tokyo('13:51'))];
  const held = [snapshot({ state: 'held', reason: 'stale' })];
  const codes = (change: Partial<Situation>) =>
    judge(situation(change)).findings.map(({ code, level }) => `${code} ${level}`);

  test('what needs a person comes before what is in hand, and by day sales before snapshots', () => {
    expect(codes({ stores, held })).toEqual([
      'postings-refused attention',
      'snapshot-held attention',
      'backlog waiting',
    ]);
  });

  test('close to a reset, what keeps it from coming is first', () => {
    const now = tokyo('04:40', '26');
    expect(codes({ now, stores, held, backlogSince: now - minuteMs })[0]).toBe('snapshot-held attention');
  });

  test('each says what to do, in both languages', () => {
    for (const { level, advice } of judge(
      situation({ stores, held, refused: [refusedFile], undelivered: [failing] }),
    ).findings) {
      expect([advice.en !== '', advice.ja !== '']).toEqual(Array(2).fill(level === 'attention'));
    }
  });
});
