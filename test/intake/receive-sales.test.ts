import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { encodeCp932 } from '../support/cp932.ts';
import { sampleSales } from '../support/sample-sales.ts';
import { smaregiSettings } from '../support/smaregi-settings.ts';
import { makeTill, movementsOf, sumsOf, type Till } from '../support/till.ts';

const header =
  '取引ID,取引日時,取消区分,取消日時,打消区分,打消取引ID,店舗ID,取引明細ID,取引明細区分,商品コード,数量,更新日時';

interface Row {
  id: number;
  line?: number;
  product?: string;
  quantity?: number;
  store?: string;
  division?: string;
  cancelledAt?: string;
  dispose?: string;
  reverses?: number;
  updated?: string;
}

const capA = '4900000000001';
const capB = '4900000000002';

/** A file of rows; times of day on 24 November 2026. Without `updated` a row has no update time. */
function sales(...rows: Row[]): string {
  const lines = rows.map((row) =>
    [
      row.id,
      '2026/11/24 10:00:00',
      row.cancelledAt ? 1 : 0,
      row.cancelledAt ? `2026/11/24 ${row.cancelledAt}` : '',
      row.dispose ?? 0,
      row.reverses ?? '',
      row.store ?? 1,
      row.line ?? 1,
      row.division ?? 1,
      row.product ?? capA,
      row.quantity ?? 1,
      row.updated ? `2026/11/24 ${row.updated}` : '',
    ].join(','),
  );
  return `${[header, ...lines].join('\r\n')}\r\n`;
}

function lastRecord({ ledger }: Till) {
  return ledger.database
    .prepare('SELECT outcome, reason, message, kept_as, rejected_as FROM file ORDER BY id DESC')
    .get() as Record<'outcome' | 'reason' | 'message' | 'kept_as' | 'rejected_as', string | null>;
}

const morning = { id: 1, updated: '10:00:00' };

test('the three files of a sample morning change stock by what the till did, each movement once', async () => {
  const till = await makeTill();
  const expected: Record<string, number> = {};
  for (const { name, bytes, net } of sampleSales) {
    await till.drop(name, bytes);
    for (const { storeId, code, quantity } of net) {
      if (!['1', '3', '30'].includes(storeId)) continue;
      expected[`${storeId} ${code}`] = (expected[`${storeId} ${code}`] ?? 0) + quantity;
    }
    const known = Object.fromEntries(Object.entries(expected).filter(([, quantity]) => quantity !== 0));
    expect(sumsOf(till.ledger)).toEqual(known);
  }
  expect(readdirSync(till.work)).toEqual([]);
});

describe('the same sale in several files', () => {
  test('is recorded once, and an overlapping file adds only what is new', async () => {
    const till = await makeTill();
    await till.drop('a.csv', sales(morning, { ...morning, id: 2 }));
    await till.drop('b.csv', sales({ ...morning, id: 2 }, { ...morning, id: 3 }));
    expect(movementsOf(till.ledger)).toEqual([
      `1/1/1 sale 1 ${capA} -1`,
      `2/1/1 sale 1 ${capA} -1`,
      `3/1/1 sale 1 ${capA} -1`,
    ]);
    expect(lastRecord(till).message).toBe('2 lines, 1 movements added, 0 left out, 0 rejected');
    expect(till.told).toBe(2);
  });

  test('under another name, or packed, is known by its content and changes nothing', async () => {
    const till = await makeTill();
    const content = sales({ id: 1 });
    await till.drop('a.csv', content);
    await till.drop('b.csv', sales({ id: 1, cancelledAt: '11:00:00' }), {
      modifiedAt: Date.UTC(2026, 10, 24, 4),
    });
    await till.drop('c.csv.gz', gzipSync(content), { modifiedAt: Date.UTC(2026, 10, 24, 5) });
    expect(lastRecord(till)).toMatchObject({ outcome: 'repeated' });
    expect(sumsOf(till.ledger)).toEqual({});
  });

  test('edited, takes the difference at the time of the edit; an older version is ignored', async () => {
    const till = await makeTill();
    await till.drop('a.csv', sales({ ...morning, quantity: 3 }));
    await till.drop('b.csv', sales({ id: 1, quantity: 2, updated: '11:00:00' }));
    await till.drop('c.csv', sales({ ...morning, quantity: 3 }, { ...morning, id: 2 }));
    expect(movementsOf(till.ledger).slice(0, 2)).toEqual([
      `1/1/1 sale 1 ${capA} -3`,
      `1/1/2 edit 1 ${capA} 1`,
    ]);
    expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: -3 });
    const at = till.ledger.database.prepare("SELECT recorded_at FROM movement WHERE kind = 'edit'").pluck();
    expect(at.get()).toBe('2026-11-24T02:00:00.000Z');
  });

  test('first seen cancelled is a sale and a cancellation, seen before only the second', async () => {
    const till = await makeTill();
    const cancelled = { id: 1, cancelledAt: '11:00:00', updated: '11:00:00' };
    await till.drop('a.csv', sales(cancelled, { ...morning, id: 2 }));
    await till.drop('b.csv', sales({ ...cancelled, id: 2 }));
    expect(movementsOf(till.ledger)).toEqual([
      `1/1/1 sale 1 ${capA} -1`,
      `1/1/2 cancel 1 ${capA} 1`,
      `2/1/1 sale 1 ${capA} -1`,
      `2/1/2 cancel 1 ${capA} 1`,
    ]);
  });

  test('stays cancelled, whatever a file without update times says later: a cancellation cannot be undone', async () => {
    const till = await makeTill();
    const later = (hour: number) => ({ modifiedAt: Date.UTC(2026, 10, 24, hour) });
    await till.drop('a.csv', sales({ id: 1 }, { id: 1, line: 2 }), later(3));
    const cancelled = [1, 2].map((line) => ({ id: 1, line, cancelledAt: '11:00:00' }));
    await till.drop('b.csv', sales(...cancelled), later(4));
    await till.drop('c.csv', sales({ id: 1 }, { id: 1, line: 2 }, { id: 1, line: 3 }, { id: 2 }), later(5));
    expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: -1 });
  });

  test('edited to another product moves both', async () => {
    const till = await makeTill();
    await till.drop('a.csv', sales(morning));
    await till.drop('b.csv', sales({ id: 1, product: capB, updated: '11:00:00' }));
    expect(sumsOf(till.ledger)).toEqual({ [`1 ${capB}`]: -1 });
  });
});

describe('a line that a newer version no longer has', () => {
  const both = sales({ ...morning, line: 1 }, { ...morning, line: 2, product: capB });
  const first = { id: 1, line: 1, updated: '11:00:00' };

  test('stands for nothing, in whichever order the versions come', async () => {
    const inOrder = await makeTill();
    await inOrder.drop('a.csv', both);
    await inOrder.drop('b.csv', sales(first));
    const reversed = await makeTill();
    await reversed.drop('b.csv', sales(first));
    await reversed.drop('a.csv', both);
    for (const till of [inOrder, reversed]) expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: -1 });
    expect(movementsOf(inOrder.ledger)).toHaveLength(3);
    expect(movementsOf(reversed.ledger)).toHaveLength(1);
  });

  test('is not missed when its row is scattered, rejected, or the file has no update times', async () => {
    const expected = { [`1 ${capA}`]: -1, [`1 ${capB}`]: -1 };
    const second = { ...first, line: 2, product: capB };
    for (const later of [
      sales(first, { ...morning, id: 5, quantity: 0 }, second),
      sales(first, { ...second, quantity: Number.NaN }),
      sales({ ...first, updated: '' }),
    ]) {
      const till = await makeTill();
      await till.drop('a.csv', both);
      await till.drop('b.csv', later, { modifiedAt: Date.UTC(2026, 10, 24, 6) });
      expect(sumsOf(till.ledger)).toEqual(expected);
    }
  });

  test('comes back with a correction of it alone', async () => {
    const till = await makeTill();
    await till.drop('a.csv', both);
    const [, row] = sales(first).split('\r\n');
    await till.drop('b.csv.rejected.csv', `line,reason,${header}\r\n2,bad-quantity,${row}\r\n`);
    expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: -1, [`1 ${capB}`]: -1 });
  });
});

describe('a reversing record', () => {
  const original = { id: 1, quantity: 2, updated: '10:00:00' };
  const reversal = { id: 9, quantity: -2, dispose: '2', reverses: 1, updated: '12:00:00' };

  test('undoes what is recorded of its original, whichever comes first and in one file or two', async () => {
    for (const files of [
      [sales(original), sales(reversal)],
      [sales(reversal), sales(original)],
      [sales(reversal, original)],
    ]) {
      const till = await makeTill();
      for (const [index, file] of files.entries()) await till.drop(`${index}.csv`, file);
      expect(sumsOf(till.ledger)).toEqual({});
      expect(movementsOf(till.ledger).sort()).toEqual([
        `1/1/1 sale 1 ${capA} -2`,
        `9/1/1 reversal 1 ${capA} 2`,
      ]);
    }
  });

  test('is bound to the original, not to its own lines, and follows it when it changes late', async () => {
    const till = await makeTill();
    await till.drop('a.csv', sales({ ...reversal, quantity: -5 }));
    expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: 5 });
    await till.drop('b.csv', sales(original, { ...original, line: 2, product: capB }));
    expect(sumsOf(till.ledger)).toEqual({});
    await till.drop('c.csv', sales({ ...original, quantity: 1, updated: '10:30:00' }));
    expect(sumsOf(till.ledger)).toEqual({});
  });

  test('of an original that is also cancelled negates once', async () => {
    const cancelled = { ...original, cancelledAt: '11:00:00', updated: '11:00:00', dispose: '1' };
    for (const files of [
      [sales(original), sales(cancelled), sales(reversal)],
      [sales(original), sales(reversal), sales(cancelled)],
      [sales(reversal), sales(cancelled)],
    ]) {
      const till = await makeTill();
      for (const [index, file] of files.entries()) await till.drop(`${index}.csv`, file);
      expect(sumsOf(till.ledger)).toEqual({});
    }
  });

  test('with lines that it does not name is listed whole under its transaction', async () => {
    const till = await makeTill();
    await till.drop('a.csv', sales(original, { ...original, line: 2, product: capB }, reversal));
    const keys = listPostings(till.ledger.database, { transactionId: String(reversal.id) }, 10);
    expect(keys.map(({ key }) => key)).toEqual(['9/1/1', `9/~1~${capB}/1`]);
  });

  test('that is cancelled itself has no effect; a second one of the same original neither', async () => {
    const till = await makeTill();
    await till.drop('a.csv', sales(original, reversal, { ...reversal, id: 10 }));
    expect(sumsOf(till.ledger)).toEqual({});
    await till.drop('b.csv', sales({ ...reversal, cancelledAt: '13:00:00', updated: '13:00:00' }));
    expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: -2 });
    await till.drop('c.csv', sales(reversal, original));
    expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: -2 });
  });
});

describe('an ingest that ends in the middle', () => {
  const many = Array.from(
    { length: 7_000 },
    (_, index): Row => ({
      id: 1 + Math.floor(index / 2),
      line: 1 + (index % 2),
      product: index % 7 === 0 ? '' : capA,
      quantity: index % 501 === 0 ? Number.NaN : 1,
      updated: '11:00:00',
    }),
  );
  const edited = sales(...many.filter((row) => row.id !== 3 || row.line !== 2), {
    id: 9_001,
    quantity: -1,
    dispose: '2',
    reverses: 4,
    updated: '12:00:00',
  });
  const before = sales(...many.slice(0, 12).map((row) => ({ ...row, quantity: 2, updated: '10:00:00' })));

  async function uninterrupted(): Promise<Till> {
    const till = await makeTill();
    await till.drop('before.csv', before);
    await till.drop('many.csv', edited);
    return till;
  }

  test('by a failure after any of its transactions, and starts again, leaves the same ledger', async () => {
    const expected = await uninterrupted();
    let ends = 0;
    for (let last = 1; ; last += 1) {
      const till = await makeTill();
      await till.drop('before.csv', before);
      let passed = 0;
      const ended = await till
        .drop('many.csv', edited, {
          reached: (point) => {
            if (point === 'ingesting') passed += 1;
            if (passed === last) throw new Error('a sudden end');
          },
        })
        .then(
          () => false,
          () => true,
        );
      if (!ended) break;
      ends += 1;
      expect(readdirSync(till.work)).toHaveLength(1);
      await till.takeLeft();
      expect(rowsOf(till)).toEqual(rowsOf(expected));
      expect(readdirSync(till.work)).toEqual([]);
    }
    expect(ends).toBeGreaterThanOrEqual(4);
  });

  test('keeps the lines of one transaction together, so that an edit is told from a sale', async () => {
    const long = Array.from({ length: 4_000 }, (_, index): Row => ({ id: 1, line: 1 + index }));
    const old = sales(...long.slice(0, 2).map((row) => ({ ...row, updated: '10:00:00' })));
    const now = sales(...long.slice(1).map((row) => ({ ...row, updated: '11:00:00' })));
    const till = await makeTill();
    await till.drop('old.csv', old);
    let passed = 0;
    const reached = (point: string) => {
      if (point === 'ingesting') passed += 1;
      if (passed === 1) throw new Error('a sudden end');
    };
    await expect(till.drop('now.csv', now, { reached })).rejects.toThrow('a sudden end');
    expect(movementsOf(till.ledger)).toHaveLength(2 + 3_998);
    await till.takeLeft();
    const kinds = till.ledger.database.prepare('SELECT kind, count(*) FROM movement GROUP BY kind').raw();
    expect(kinds.all()).toEqual([
      ['edit', 3_999],
      ['sale', 2],
    ]);
  });

  test('by a stop keeps the file in work and says why', async () => {
    const till = await makeTill();
    const stop = new AbortController();
    const reached = (point: string) => {
      if (point === 'ingesting') stop.abort(new Error('stopping'));
    };
    await expect(till.drop('many.csv', edited, { signal: stop.signal, reached })).rejects.toThrow('stopping');
    expect(readdirSync(till.work)).toHaveLength(1);
    expect(readdirSync(join(till.root, 'rejected'))).toEqual([]);
  });

  test('by a ledger that cannot be written keeps the file in work', async () => {
    const till = await makeTill();
    till.ledger.database.pragma('query_only = ON');
    await expect(till.drop('many.csv', edited)).rejects.toMatchObject({ code: 'sales-failed' });
    expect(readdirSync(till.work)).toHaveLength(1);
    till.ledger.database.pragma('query_only = OFF');
    await till.takeLeft();
    expect(lastRecord(till).outcome).toBe('accepted');
  });

  test('after its record is finished at restart', async () => {
    const till = await makeTill();
    const reached = (point: string) => {
      if (point === 'recorded') throw new Error('a sudden end');
    };
    await expect(till.drop('many.csv', edited, { reached })).rejects.toThrow();
    const count = movementsOf(till.ledger).length;
    await till.takeLeft();
    expect(movementsOf(till.ledger)).toHaveLength(count);
    expect(existsSync(join(till.root, lastRecord(till).rejected_as ?? ''))).toBe(true);
    expect(readdirSync(till.work)).toEqual([]);
  });
});

/** Everything that the ledger remembers of transactions. */
function rowsOf({ ledger }: Till): unknown[] {
  const { database } = ledger;
  return [
    database.prepare('SELECT * FROM movement ORDER BY source, key').all().map(withoutId),
    database.prepare('SELECT * FROM transaction_line').all(),
    database.prepare('SELECT * FROM reversal').all(),
  ];
}

function withoutId(row: unknown): unknown {
  return { ...(row as object), id: 0 };
}

describe('rows that cannot be taken', () => {
  test('are kept with line and reason, and cost no other row', async () => {
    const till = await makeTill();
    const rows = sales(
      { ...morning, id: 1 },
      { ...morning, id: 2, store: '77' },
      { ...morning, id: 3, store: '90' },
      { ...morning, id: 4, product: 'キャップ' },
      { ...morning, id: 5, quantity: 1.5 },
      { ...morning, id: 6, updated: '25:00:00' },
      { ...morning, id: 7, product: '' },
      { ...morning, id: 1 },
      { ...morning, id: 8 },
      { ...morning, id: 8, quantity: 9 },
    );
    await till.drop('uriage.csv', `${rows}9,zu kurz\r\n合計,,,,,,,,,,12,\r\n`);
    const record = lastRecord(till);
    expect(record.message).toBe('12 lines, 2 movements added, 2 left out, 7 rejected');
    const text = readFileSync(join(till.root, record.rejected_as ?? ''), 'utf8');
    expect(
      text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',').slice(0, 3).join(' ')),
    ).toEqual([
      '3 unknown-store 2',
      '4 warehouse 3',
      '5 bad-product-code 4',
      '6 bad-quantity 5',
      '7 bad-date 6',
      '11 duplicate 8',
      '12 column-count 9',
    ]);
    expect(existsSync(join(till.root, record.kept_as ?? ''))).toBe(true);
  });

  test('of CP932, UTF-8 and .csv.gz files come to the same movements', async () => {
    const content = sales(morning, { ...morning, id: 2, division: '2', product: capB });
    const packed = gzipSync(content);
    for (const [name, bytes] of [
      ['a.csv', encodeCp932(content)],
      ['a.csv', Buffer.from(`\uFEFF${content}`)],
      ['a.csv.gz', packed],
    ] as const) {
      const till = await makeTill();
      await till.drop(name, bytes);
      expect(sumsOf(till.ledger)).toEqual({ [`1 ${capA}`]: -1, [`1 ${capB}`]: 1 });
    }
  });
});

describe('a whole file', () => {
  test.each([
    ['empty', 'a.csv', ''],
    ['empty', 'b.csv', `${header}\r\n`],
    ['no-header', 'c.csv', 'a,b\r\n1,2\r\n'],
    ['missing-column', 'd.csv', '取引ID,商品コード\r\n1,2\r\n'],
    ['bad-encoding', 'e.csv', `${header}\r\n\0`],
    ['bad-archive', 'f.csv.gz', gzipSync(sales(morning)).subarray(0, 60)],
  ])('is refused as %s, with nothing recorded of it: %s', async (reason, name, content) => {
    const till = await makeTill();
    await till.drop(name, content);
    expect(lastRecord(till)).toMatchObject({ outcome: 'refused', reason });
    expect(existsSync(join(till.root, 'rejected', `${name}.reason.txt`))).toBe(true);
    expect(movementsOf(till.ledger)).toEqual([]);
    expect(readdirSync(till.work)).toEqual([]);
  });

  test('is refused where stock changes are the source', async () => {
    const till = await makeTill({ sales: { from: 'stock-changes' }, smaregi: smaregiSettings });
    await till.drop('a.csv', sales(morning));
    expect(lastRecord(till)).toMatchObject({ outcome: 'refused', reason: 'sales-elsewhere' });
  });
});
