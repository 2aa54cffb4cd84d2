import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reached } from '../../src/platform/crash-point.ts';
import { makeTill, movementsOf, sumsOf, type Till } from '../support/till.ts';

// Random histories of a till, cut into overlapping files that show every transaction as it was at some time, and
// delivered in any order, repeated, with rows scattered, and with ends in the middle. What the ledger adds up to
// must be what the till did at last.

const header =
  '取引ID,取引日時,取消区分,取消日時,打消区分,打消取引ID,店舗ID,取引明細ID,取引明細区分,商品コード,数量,更新日時';

interface Line {
  line: number;
  product: number;
  quantity: number;
  isReturn: boolean;
}

interface Version {
  minute: number;
  cancelled: boolean;
  lines: Line[];
}

interface Transaction {
  id: number;
  /** The transaction that it reverses. */
  reverses?: number;
  versions: Version[];
}

const line = fc.record({
  line: fc.integer({ min: 1, max: 3 }),
  product: fc.integer({ min: 1, max: 3 }),
  quantity: fc.integer({ min: 1, max: 4 }),
  isReturn: fc.boolean(),
});
const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: (one) => one.line });
const versions = fc
  .tuple(fc.array(lines, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([states, cancelledAtLast]): Version[] => {
    const edits = states.map((state, index) => ({ minute: index * 10, cancelled: false, lines: state }));
    const last = states.at(-1) ?? [];
    return cancelledAtLast ? [...edits, { minute: 50, cancelled: true, lines: last }] : edits;
  });

const history = fc.array(fc.record({ versions, reversal: fc.option(versions) }), {
  minLength: 1,
  maxLength: 5,
});

/** For each file: which version of each transaction it shows (modulo), and a seed for the order of its rows. */
const deliveries = fc.array(
  fc.record({
    shows: fc.array(fc.nat(5), { minLength: 10, maxLength: 10 }),
    seed: fc.nat(),
    dies: fc.nat(3),
  }),
  { minLength: 1, maxLength: 6 },
);

function transactionsOf(days: { versions: Version[]; reversal: Version[] | null }[]): Transaction[] {
  return days.flatMap((day, index): Transaction[] => {
    const original = { id: 100 + index, versions: day.versions };
    if (!day.reversal) return [original];
    const reversing = day.reversal.map((version) => ({ ...version, minute: version.minute + 5 }));
    return [original, { id: 200 + index, reverses: original.id, versions: reversing }];
  });
}

function rowsOf({ id, reverses }: Transaction, { minute, cancelled, lines: shown }: Version): string[] {
  const updated = `2026/11/24 12:${String(minute).padStart(2, '0')}:00`;
  return shown.map(({ line: number, product, quantity, isReturn }) =>
    [
      id,
      '2026/11/24 12:00:00',
      cancelled ? 1 : 0,
      cancelled ? updated : '',
      reverses === undefined ? 0 : 2,
      reverses ?? '',
      1,
      number,
      isReturn ? 2 : 1,
      `490000000000${product}`,
      reverses === undefined ? quantity : -quantity,
      updated,
    ].join(','),
  );
}

function trueSums(transactions: Transaction[]): Record<string, number> {
  const sums = new Map<string, number>();
  const add = ({ versions: known }: Transaction, sign: 1 | -1) => {
    const last = known.at(-1);
    if (!last || last.cancelled) return;
    for (const { product, quantity, isReturn } of last.lines) {
      const key = `1 490000000000${product}`;
      sums.set(key, (sums.get(key) ?? 0) + sign * (isReturn ? quantity : -quantity));
    }
  };
  for (const transaction of transactions) {
    const original = transactions.find(({ id }) => id === transaction.reverses);
    if (!original) add(transaction, 1);
    else if (!transaction.versions.at(-1)?.cancelled) add(original, -1);
  }
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Deterministic, so that a failing history can be run again. */
function scattered(rows: string[], seed: number): string[] {
  return rows
    .map((row, index) => ({ row, at: Math.imul(index + 1, seed * 2 + 0x9e3779b1) >>> 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}

async function deliver(till: Till, name: string, rows: string[], dies: number): Promise<void> {
  let passed = 0;
  const reached: Reached = (point) => {
    if (point !== 'ingesting') return;
    passed += 1;
    if (passed === dies) throw new Error('a sudden end');
  };
  await till.drop(name, `${[header, ...rows].join('\n')}\n`, { reached }).catch(() => till.takeLeft());
}

describe('any history of a till', () => {
  test('cut into files of any versions, in any order, with ends in the middle, comes to its true sums', async () => {
    await fc.assert(
      fc.asyncProperty(history, deliveries, fc.nat(), async (days, files, position) => {
        const till = await makeTill();
        const transactions = transactionsOf(days);
        const cut = files.map(({ shows, seed, dies }) => ({
          dies,
          rows: scattered(
            transactions.flatMap((transaction, index) => {
              // 5 leaves the transaction out.
              const shown = shows[index] ?? 5;
              const version = transaction.versions[shown % transaction.versions.length];
              return shown === 5 || !version ? [] : rowsOf(transaction, version);
            }),
            seed,
          ),
        }));
        const newest = transactions.flatMap((one) =>
          one.versions.slice(-1).flatMap((last) => rowsOf(one, last)),
        );
        cut.splice(position % (cut.length + 1), 0, { dies: 0, rows: newest });
        for (const [index, { rows, dies }] of cut.entries()) await deliver(till, `f${index}.csv`, rows, dies);
        expect(sumsOf(till.ledger)).toEqual(trueSums(transactions));

        const before = movementsOf(till.ledger);
        for (const [index, { rows }] of cut.entries()) await deliver(till, `r${index}.csv`, [...rows, ''], 0);
        expect(movementsOf(till.ledger)).toEqual(before);
        till.ledger.database.close();
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test('read in order of time adds one movement for each line that changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(versions, { minLength: 1, maxLength: 4 }), async (all) => {
        const till = await makeTill();
        const transactions = all.map((one, index) => ({ id: 100 + index, versions: one }));
        for (const minute of [0, 10, 20, 50]) {
          const rows = transactions.flatMap((one) =>
            one.versions
              .filter((version) => version.minute === minute)
              .flatMap((shown) => rowsOf(one, shown)),
          );
          if (rows.length > 0) await deliver(till, `m${minute}.csv`, rows, 0);
        }
        expect(movementsOf(till.ledger)).toHaveLength(all.reduce((sum, one) => sum + changesOf(one), 0));
        till.ledger.database.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

/** How often the effect of a line becomes another; one that becomes another product changes twice. */
function changesOf(known: Version[]): number {
  return [1, 2, 3].reduce((sum, number) => sum + changesOfLine(known, number), 0);
}

function changesOfLine(known: Version[], number: number): number {
  let changes = 0;
  let before = { product: 0, effect: 0 };
  for (const { cancelled, lines: shown } of known) {
    const found = shown.find((one) => one.line === number);
    const quantity = found && !cancelled ? found.quantity : 0;
    const now = {
      product: found?.product ?? before.product,
      effect: found?.isReturn ? quantity : 0 - quantity,
    };
    const isSame = now.product === before.product;
    const moved = isSame ? [now.effect - before.effect] : [before.effect, now.effect];
    changes += moved.filter((one) => one !== 0).length;
    before = now;
  }
  return changes;
}
