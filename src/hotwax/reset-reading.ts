import type { Configuration } from '../config/configuration.ts';
import type { ResetField } from '../config/schema.ts';
import type { Store } from '../config/store-map.ts';

/** One row of a Reset CSV, as far as a level needs it. */
export interface ResetLevel {
  store: Store;
  productCode: string;
  quantity: number;
}

/**
 * Reads rows of Reset CSVs that this program wrote, by the header that each of them has: `reset.columns` may have been
 * others then.
 */
export class ResetReading {
  readonly #byFacility: ReadonlyMap<string, Store>;
  readonly #byExternal: ReadonlyMap<string, Store>;
  readonly #facilityId: number;
  readonly #externalFacilityId: number;
  readonly #idValue: number;
  readonly #availableQty: number;

  /** Undefined cells mean: this is no Reset CSV of ours; see {@link isComplete}. */
  constructor(
    header: readonly string[],
    columns: Configuration['reset']['columns'],
    stores: readonly Store[],
  ) {
    const place = (field: ResetField) => {
      const own = columns.find((column) => typeof column !== 'string' && column.from === field);
      const names = [typeof own === 'object' ? own.name : field, field].map((name) => name.toLowerCase());
      return header.findIndex((cell) => names.includes(cell.trim().toLowerCase()));
    };
    this.#facilityId = place('facilityId');
    this.#externalFacilityId = place('externalFacilityId');
    this.#idValue = place('idValue');
    this.#availableQty = place('availableQty');
    const keyed = (key: 'facilityId' | 'externalFacilityId') =>
      new Map(stores.filter((store) => store[key] !== '').map((store) => [store[key], store]));
    this.#byFacility = keyed('facilityId');
    this.#byExternal = keyed('externalFacilityId');
  }

  /** Whether the header names product, quantity and one of the facility's two ids. */
  get isComplete(): boolean {
    const facility = Math.max(this.#facilityId, this.#externalFacilityId);
    return facility >= 0 && this.#idValue >= 0 && this.#availableQty >= 0;
  }

  /** Undefined when the row's facility is no longer in the store map. */
  read(cells: readonly string[]): ResetLevel | undefined {
    const store =
      this.#byFacility.get(cells[this.#facilityId] ?? '') ??
      this.#byExternal.get(cells[this.#externalFacilityId] ?? '');
    const quantity = Number(cells[this.#availableQty]);
    if (!store || !Number.isInteger(quantity)) return undefined;
    return { store, productCode: cells[this.#idValue] ?? '', quantity };
  }
}
