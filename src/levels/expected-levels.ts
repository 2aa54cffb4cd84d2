import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import { type AppliedReset, lastAppliedResets } from '../ledger/applied-resets.ts';
import { type MovementNeed, movementPages } from '../ledger/movement-pages.ts';
import type { LevelBase } from '../ledger/row-level.ts';
import { type Database, openScratch } from '../platform/database.ts';
import { Problem } from '../platform/problem.ts';
import { toIso } from '../platform/time-zone.ts';
import { findResetFile } from '../snapshot/reset-file.ts';
import { levelsInReset } from '../snapshot/reset-levels.ts';
import { openSpan } from './open-span.ts';

/** What the OMS should hold of one product in one store. */
export interface ExpectedRow {
  productCode: string;
  storeId: string;
  /** As soon as everything is told: Smaregi's stock. */
  target: number;
  /** What it has been told, doubts left out. */
  now: number;
  /** What open postings can make of it: anything from `low` to `high`, `target` and `now` included. */
  low: number;
  high: number;
  /** The reset that counts for it; undefined: it is in none, and starts from 0. */
  base: LevelBase | undefined;
}

export interface ExpectedLevelsSource {
  database: Database;
  folders: DataFolders;
  stores: readonly Store[];
  configuration: Pick<Configuration, 'reset'>;
}

/** Rows that one read returns. */
const perRead = 2_000;

/**
 * The levels that the OMS should hold: of each row what the reset last applied to it sets, and what came after. They
 * are put together on disk, in the order of products, so that memory stays the same for millions.
 */
export class ExpectedLevels {
  readonly #scratch: Database;
  readonly #stores: readonly Store[];
  readonly #source: ExpectedLevelsSource;
  readonly #any;
  /** The resets that were looked through, and those whose file is gone. */
  readonly resets: AppliedReset[] = [];
  readonly missing: AppliedReset[] = [];

  private constructor(source: ExpectedLevelsSource) {
    this.#source = source;
    this.#stores = source.stores.filter(({ kind }) => kind !== 'warehouse');
    this.#scratch = openScratch();
    this.#scratch.exec(
      `CREATE TABLE level (product TEXT NOT NULL, store INTEGER NOT NULL, reset INTEGER NOT NULL, base INTEGER NOT NULL,
         target INTEGER NOT NULL, now INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
         PRIMARY KEY (product, store)) STRICT, WITHOUT ROWID`,
    );
    this.#any = this.#scratch.prepare('SELECT 1 FROM level WHERE product = ? LIMIT 1');
  }

  /** @throws Problem `levels-unknown`, `reset-file-missing`, `reset-file-unreadable` */
  static async gather(source: ExpectedLevelsSource): Promise<ExpectedLevels> {
    const levels = new ExpectedLevels(source);
    try {
      await levels.#readResets();
      await levels.#addMovements();
      return levels;
    } catch (error) {
      levels.close();
      throw error;
    }
  }

  /** Every row, product by product; one read holds whole products. */
  *byProduct(): Generator<ExpectedRow[]> {
    const next = this.#scratch.prepare(
      `SELECT product, store, reset, base, target, now, low, high FROM level
       WHERE product > ? ORDER BY product, store LIMIT ?`,
    );
    const perProduct = this.#stores.length;
    for (let after = ''; ; ) {
      const rows = next.all(after, perRead + perProduct) as StoredRow[];
      if (rows.length === 0) return;
      // The last product may be cut, unless this is the end.
      const last = rows.at(-1)?.product;
      const whole =
        rows.length < perRead + perProduct ? rows : rows.filter(({ product }) => product !== last);
      yield whole.map((row) => this.#toRow(row));
      after = whole.at(-1)?.product ?? '';
    }
  }

  /** How many rows there are. */
  count(): number {
    return this.#scratch.prepare('SELECT count(*) FROM level').pluck().get() as number;
  }

  /** Whether any row is of this product. */
  has(productCode: string): boolean {
    return this.#any.get(productCode) !== undefined;
  }

  close(): void {
    this.#scratch.close();
  }

  /** The one last applied first: what it sets of a row, no earlier one can change. */
  async #readResets(): Promise<void> {
    const { database, folders, configuration, stores } = this.#source;
    const insert = this.#scratch.prepare(
      `INSERT OR IGNORE INTO level (product, store, reset, base, target, now, low, high)
       VALUES (:product, :store, :reset, :level, :level, :level, :level, :level)`,
    );
    const numbers = new Map(this.#stores.map(({ storeId }, index) => [storeId, index]));
    for (const reset of lastAppliedResets(database)) {
      const path = await this.#fileOf(reset, folders);
      if (path === undefined) continue;
      const number = this.resets.push(reset) - 1;
      for await (const piece of levelsInReset(path, { columns: configuration.reset.columns, stores })) {
        this.#scratch.transaction(() => {
          for (const { store, productCode: product, quantity: level } of piece) {
            const index = numbers.get(store.storeId);
            if (index !== undefined) insert.run({ product, store: index, reset: number, level });
          }
        })();
      }
    }
    if (this.resets.length === 0) throw nothingApplied();
  }

  /** An older reset whose file is gone only leaves rows unknown that newer ones lack. */
  async #fileOf(
    reset: AppliedReset & { needed: boolean },
    folders: DataFolders,
  ): Promise<string | undefined> {
    try {
      return await findResetFile({ id: reset.snapshotId, resetName: reset.resetName }, folders);
    } catch (error) {
      if (reset.needed) throw error;
      this.missing.push(reset);
      return undefined;
    }
  }

  async #addMovements(): Promise<void> {
    const numbers = new Map(this.#stores.map(({ storeId }, index) => [storeId, index]));
    const baseOf = this.#scratch.prepare('SELECT reset FROM level WHERE product = ? AND store = ?').pluck();
    const add = this.#scratch.prepare(
      `INSERT INTO level (product, store, reset, base, target, now, low, high)
       VALUES (:product, :store, -1, 0, :target, :now, :low, :high)
       ON CONFLICT DO UPDATE SET target = target + :target, now = now + :now, low = low + :low, high = high + :high`,
    );
    for await (const page of movementPages(this.#source.database, 'hotwax')) {
      this.#scratch.transaction(() => {
        for (const movement of page) {
          const store = numbers.get(movement.storeId);
          if (store === undefined) continue;
          const product = movement.productCode;
          const reset = this.resets[(baseOf.get(product, store) as number | undefined) ?? -1];
          const change = this.#changeBy(movement, reset);
          if (change) add.run({ product, store, ...change });
        }
      })();
    }
  }

  #changeBy(movement: MovementNeed, reset: AppliedReset | undefined) {
    const wanted = reset === undefined || movement.recordedAt > reset.takenAt ? 1 : 0;
    if (wanted === 0 && movement.need === 0) return undefined;
    const calls = movement.need === null ? this.#callsAfter(movement.id, reset) : [];
    return openSpan(movement, wanted, calls);
  }

  #callsAfter(movementId: number, reset: AppliedReset | undefined) {
    return this.#source.database
      .prepare(
        `SELECT multiplicity, outcome FROM call_movement JOIN call ON call.id = call_id
         WHERE movement_id = ? AND sent_at > ?`,
      )
      .all(movementId, reset ? toIso(reset.appliedAt) : '') as { multiplicity: number; outcome: string }[];
  }

  #toRow({ product, store, reset, base: level, ...amounts }: StoredRow): ExpectedRow {
    const applied = this.resets[reset];
    return {
      productCode: product,
      storeId: this.#stores[store]?.storeId ?? '',
      ...amounts,
      base: applied && { level, takenAt: applied.takenAt, appliedAt: applied.appliedAt },
    };
  }
}

interface StoredRow {
  product: string;
  store: number;
  reset: number;
  base: number;
  target: number;
  now: number;
  low: number;
  high: number;
}

function nothingApplied(): Problem {
  return new Problem(
    'levels-unknown',
    'No snapshot is known to be applied by the OMS, so nobody can say what it should hold.',
    'Wait for the next reset, or say when one was applied: "flagship snapshots applied ID --at TIME".',
  );
}
