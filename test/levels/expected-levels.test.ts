import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataFolders } from '../../src/config/data-folders.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import type { Store } from '../../src/config/store-map.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { expectedLevel } from '../../src/ledger/row-level.ts';
import { ExpectedLevels, type ExpectedRow } from '../../src/levels/expected-levels.ts';
import { toIso } from '../../src/platform/time-zone.ts';
import { makeLedger, movement, type TestLedger } from '../support/ledger.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { smallRetailer } from '../support/small-retailer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const stores = smallRetailer.filter(({ kind }) => kind !== 'warehouse');
const products = ['cap', 'hat', 'bag', '傘'.codePointAt(0)?.toString() ?? ''];
const header = 'facilityId,externalFacilityId,locationSeqId,idType,idValue,availableQty';
const hour = 3_600_000;
const start = Date.parse('2026-11-20T00:00:00Z');

interface Reset {
  takenAt: number;
  appliedAt: number;
  correction?: boolean;
  rows: { store: Store; product: string; level: number }[];
}

async function shop() {
  const root = await temporaryFolder();
  const folders = dataFolders(root);
  const day = join(folders.archive, '2026-11-20');
  await mkdir(day, { recursive: true });
  const ledger = await makeLedger();
  let count = 0;
  const fileOf = (number: number) => join(day, `reset_${number}.csv`);
  return {
    ledger,
    fileOf,
    /** Records a reset that was applied, and puts its Reset CSV into the archive. Returns its number. */
    async apply({ takenAt, appliedAt, correction = false, rows }: Reset): Promise<number> {
      count += 1;
      addReset(ledger, count, { takenAt, appliedAt, correction, rows });
      const lines = rows.map(({ store, product, level }) =>
        [store.facilityId, store.externalFacilityId, 'TLTLTLLL01', 'UPCA', product, level].join(','),
      );
      await writeFile(fileOf(count), `${[header, ...lines].join('\n')}\n`);
      return count;
    },
    async levels(): Promise<ExpectedRow[]> {
      const { reset } = configurationSchema.parse({ delivery: { type: 'folder', directory: '.' } });
      const { database } = ledger;
      const gathered = await ExpectedLevels.gather({ database, folders, stores, configuration: { reset } });
      const rows = [...gathered.byProduct()].flat();
      gathered.close();
      return rows;
    },
  };
}

/** The facts of a reset, and an answer for every row: whether its Reset CSV has it. */
function addReset(
  { database }: TestLedger,
  id: number,
  { takenAt, appliedAt, correction, rows }: Reset,
): void {
  const [taken, applied] = [toIso(takenAt), toIso(appliedAt)];
  database
    .prepare(
      `INSERT INTO file (feed, work_name, name, bytes, sha256, modified_at, finished_at, outcome, kept_as)
       VALUES ('inventory', ?, 'zaiko.csv', 1, ?, ?, ?, 'accepted', 'k')`,
    )
    .run(`work ${id}`, `hash ${id}`, taken, taken);
  database
    .prepare(
      `INSERT INTO snapshot (file_id, taken_at, correction, reset_name, reset_bytes, reset_sha256, row_count, written,
         rejected, state, applied_at)
       VALUES (?, ?, ?, ?, 1, 'x', 1, 1, 0, 'applied', ?)`,
    )
    .run(id, taken, correction ? 1 : 0, `reset_${id}.csv`, applied);
  for (const { storeId } of new Set(rows.map(({ store }) => store))) {
    database.prepare('INSERT INTO snapshot_store VALUES (?, ?, 1, 1)').run(id, storeId);
  }
  for (const store of stores) {
    for (const product of products) {
      const row = rows.find((other) => other.store === store && other.product === product);
      database
        .prepare('INSERT INTO snapshot_row (snapshot_id, store_id, product_code, level) VALUES (?, ?, ?, ?)')
        .run(id, store.storeId, product, row?.level ?? null);
    }
  }
  database
    .prepare(
      `INSERT INTO reset (snapshot_id, taken_at, applied_at, known_at, who, reason) VALUES (?, ?, ?, ?, 'test', 'test')`,
    )
    .run(id, taken, applied, applied);
}

/** A movement, and perhaps a call about it. */
function move(
  { database, movements, calls }: TestLedger,
  key: string,
  change: { store: Store; product: string; quantity: number; recordedAt: number },
  told: { sentAt: number; outcome: 'accepted' | 'refused' | 'not-applied' | undefined } | undefined,
): void {
  const { store, product: productCode, quantity, recordedAt } = change;
  database.transaction(() => {
    const id = movements.add(
      movement(key, { storeId: store.storeId, productCode, quantity, recordedAt, occurredAt: recordedAt }),
    ) as number;
    if (!told) return;
    const call = calls.open(
      { destination: 'hotwax', movements: [{ id, multiplicity: 1 }], quantity, reason: 'POS_SALE' },
      told.sentAt,
    );
    const at = told.sentAt + 100;
    if (told.outcome) calls.close(call, { outcome: told.outcome, at, by: 'flagship', note: null });
    else calls.doubt(call, at, 'lost');
  })();
}

/** What happens, by a seed. */
class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Two that cover stores whole, and two of corrections applied after them; in any order of taking. */
  resets(): Reset[] {
    const whole = [0, 1].map(() => {
      const takenAt = this.#time();
      return { takenAt, appliedAt: takenAt + Math.ceil(this.#random() * 60 * hour), rows: this.#rows() };
    });
    const lastAt = start + 200 * hour;
    const corrections = [0, 1].map((number) => {
      const appliedAt = lastAt + number * hour;
      return { takenAt: this.#time(), appliedAt, correction: true, rows: this.#rows().slice(0, 3) };
    });
    return [...whole, ...corrections];
  }

  movement(): [Parameters<typeof move>[2], Parameters<typeof move>[3]] {
    const recordedAt = this.#time();
    const outcome = this.#pick([
      'accepted',
      'accepted',
      'accepted',
      'refused',
      'not-applied',
      undefined,
    ] as const);
    const sentAt = recordedAt + Math.floor(this.#random() * 6 * hour);
    const quantity = this.#pick([-2, -1, 1, 3]);
    const change = { store: this.#pick(stores), product: this.#pick(products), quantity, recordedAt };
    return [change, this.#random() < 0.8 ? { sentAt, outcome } : undefined];
  }

  /** Most of all rows, one of each store at least, so that each store is covered. */
  #rows(): Reset['rows'] {
    return stores.flatMap((store) =>
      products
        .filter((_, index) => index === 0 || this.#random() < 0.7)
        .map((product) => ({ store, product, level: Math.floor(this.#random() * 20) - 2 })),
    );
  }

  #time(): number {
    return start + Math.floor(this.#random() * 100) * hour;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item;
  }
}

/** The reset last applied that has a row. */
function baseIn(resets: readonly Reset[], store: Store, product: string) {
  return resets
    .flatMap(({ takenAt, appliedAt, rows }) =>
      rows
        .filter((row) => row.store === store && row.product === product)
        .map(({ level }) => ({ level, takenAt, appliedAt })),
    )
    .toSorted((a, b) => b.appliedAt - a.appliedAt)[0];
}

describe('the levels that the OMS should hold', () => {
  test.each(Array.from({ length: 10 }, (_, seed) => seed))(
    'follow from all facts, in history %i',
    async (seed) => {
      const chance = new Chance(seed + 1);
      const { ledger, apply, levels } = await shop();
      const resets = chance.resets();
      for (const reset of resets) await apply(reset);
      for (let index = 0; index < 60; index += 1) move(ledger, `${index}/1/1`, ...chance.movement());
      const found = await levels();
      for (const [store, product] of stores.flatMap((one) => products.map((code) => [one, code] as const))) {
        const filter = { storeId: store.storeId, productCode: product };
        const postings = listPostings(ledger.database, filter, 1_000);
        const { target, now } = expectedLevel(baseIn(resets, store, product), postings);
        const row = found.find((one) => one.storeId === store.storeId && one.productCode === product);
        const { low, high, ...level } = row ?? { target: 0, now: 0, low: 0, high: 0 };
        expect(level).toMatchObject({ target, now });
        expect([low <= Math.min(target, now), high >= Math.max(target, now)]).toEqual([true, true]);
      }
    },
  );

  test('come in the order of products, each product whole', async () => {
    const { apply, levels } = await shop();
    const rows = stores.flatMap((store) => products.map((product) => ({ store, product, level: 1 })));
    await apply({ takenAt: start, appliedAt: start + hour, rows });
    const codes = (await levels()).map(({ productCode }) => productCode);
    expect(codes).toEqual(codes.toSorted());
    expect(codes.length).toBe(stores.length * products.length);
  });

  test('need the file of the last reset, and do without an older one', async () => {
    const { apply, levels, fileOf } = await shop();
    const rows = stores.map((store) => ({ store, product: 'cap', level: 1 }));
    const older = await apply({ takenAt: start, appliedAt: start + hour, rows });
    const last = await apply({ takenAt: start + 24 * hour, appliedAt: start + 25 * hour, rows });
    await rm(fileOf(older));
    expect((await levels()).map(({ target }) => target)).toEqual([1, 1, 1]);
    await rm(fileOf(last));
    await expect(levels()).rejects.toMatchObject({ code: 'reset-file-missing' });
  });
});
