import type { Store } from '../config/store-map.ts';
import type { RejectionReason } from '../smaregi/inventory-row.ts';
import type { ConvertedReport } from './conversion.ts';

type Figures = Pick<
  ConvertedReport,
  'rows' | 'written' | 'rejected' | 'rejectedByReason' | 'totals' | 'negatives' | 'stores'
>;

/** Counts what becomes of the rows of one file. */
export class Tally {
  written = 0;
  rejected = 0;
  totals = 0;
  #negatives = 0;
  readonly #byReason: Figures['rejectedByReason'] = {};
  readonly #perStore = new Map<string, { rows: number; units: number }>();

  get rows(): number {
    return this.written + this.rejected + this.totals;
  }

  countWritten({ storeId }: Store, quantity: number): void {
    this.written += 1;
    if (quantity < 0) this.#negatives += 1;
    const count = this.#perStore.get(storeId) ?? { rows: 0, units: 0 };
    count.rows += 1;
    count.units += Math.max(0, quantity);
    this.#perStore.set(storeId, count);
  }

  countRejected(reason: RejectionReason): void {
    this.rejected += 1;
    this.#byReason[reason] = (this.#byReason[reason] ?? 0) + 1;
  }

  countTotal(): void {
    this.totals += 1;
  }

  /** The figures, stores in the order of the map. */
  figures(stores: Store[]): Figures {
    return {
      rows: this.rows,
      written: this.written,
      rejected: this.rejected,
      rejectedByReason: this.#byReason,
      totals: this.totals,
      negatives: this.#negatives,
      stores: stores.flatMap(({ storeId }) => {
        const count = this.#perStore.get(storeId);
        return count ? [{ storeId, ...count }] : [];
      }),
    };
  }
}
