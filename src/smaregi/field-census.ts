import type { ApiRow } from './api-row.ts';

/** The lists of which all fields are known. */
const known = {
  stock: ['storeId', 'productId', 'stockAmount', 'layawayStockAmount', 'updDateTime'],
  'stock changes': [
    'id',
    'updDateTime',
    'targetDateTime',
    'productId',
    'storeId',
    'amount',
    'stockAmount',
    'layawayStockAmount',
    'stockDivision',
    'fromStoreId',
    'toStoreId',
    'taxDivision',
    'price',
    'cost',
    'memo',
    'staffId',
    'staffName',
  ],
} as const;

export type CountedList = keyof typeof known;

/** Counts the fields that Smaregi sends and that nobody has told us about: they are let pass, but not unnoticed. */
export class FieldCensus {
  readonly #onNew: (field: string) => void;
  /** Rows with the field, by `list.field`. */
  readonly counts: Record<string, number> = {};

  /** `onNew` is told of each field once, as `list.field`. */
  constructor(onNew: (field: string) => void) {
    this.#onNew = onNew;
  }

  /** The pages of a list as they are, counted. */
  async *watch(list: CountedList, pages: AsyncGenerator<ApiRow[]>): AsyncGenerator<ApiRow[]> {
    const fields: ReadonlySet<string> = new Set(known[list]);
    for await (const rows of pages) {
      for (const row of rows) {
        for (const field in row) if (!fields.has(field)) this.#count(`${list}.${field}`);
      }
      yield rows;
    }
  }

  #count(name: string): void {
    if (this.counts[name] === undefined) this.#onNew(name);
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}
