import type { Store } from '../config/store-map.ts';
import type { RejectionReason } from '../smaregi/inventory-row.ts';
import type { ConvertedReport } from './conversion.ts';

type Figures = Pick<
  ConvertedReport,
  'rows' | 'written' | 'rejected' | 'rejectedByReason' | 'totals' | 'negatives' | 'stores'
>;

/** Counts what becomes of the rows of one file. A store is known by its index in the store map. */
export class Tally {
  written = 0;
  rejected = 0;
  totals = 0;
  #negatives = 0;
  readonly #byReason: Figures['rejectedByReason'] = {};
  readonly #stores: Store[];
  readonly #rows: Float64Array;
  readonly #units: Float64Array;

  constructor(stores: Store[]) {
    this.#stores = stores;
    this.#rows = new Float64Array(stores.length);
    this.#units = new Float64Array(stores.length);
  }

  get rows(): number {
    return this.written + this.rejected + this.totals;
  }

  countWritten(store: number, quantity: number): void {
    this.written += 1;
    this.#rows[store] = (this.#rows[store] as number) + 1;
    if (quantity < 0) this.#negatives += 1;
    else this.#units[store] = (this.#units[store] as number) + quantity;
  }

  countRejected(reason: RejectionReason): void {
    this.rejected += 1;
    this.#byReason[reason] = (this.#byReason[reason] ?? 0) + 1;
  }

  countTotal(): void {
    this.totals += 1;
  }

  /** The figures, stores in the order of the map. */
  figures(): Figures {
    return {
      rows: this.rows,
      written: this.written,
      rejected: this.rejected,
      rejectedByReason: this.#byReason,
      totals: this.totals,
      negatives: this.#negatives,
      stores: this.#stores.flatMap(({ storeId }, index) => {
        const rows = this.#rows[index] ?? 0;
        return rows > 0 ? [{ storeId, rows, units: this.#units[index] ?? 0 }] : [];
      }),
    };
  }
}
