import type { Configuration } from '../config/configuration.ts';
import type { ResetField } from '../config/schema.ts';
import type { Store } from '../config/store-map.ts';

/** The settings that shape a Reset CSV. */
export type ResetSettings = Pick<Configuration['reset'], 'columns' | 'lineEnd' | 'comments'> & {
  resetByAtp?: boolean;
  idType: string;
};

/** Makes the rows of one Reset CSV; everything but product and quantity is the same for all rows of a store. */
export class ResetRows {
  readonly header: string[];
  /** What each column holds. */
  readonly fields: ResetField[];
  readonly #settings: ResetSettings;
  readonly #templates = new Map<Store, string[]>();
  readonly #idValue: number[];
  readonly #availableQty: number[];

  constructor(settings: ResetSettings) {
    this.#settings = settings;
    this.header = settings.columns.map((column) => (typeof column === 'string' ? column : column.name));
    this.fields = settings.columns.map((column) => (typeof column === 'string' ? column : column.from));
    this.#idValue = this.#places('idValue');
    this.#availableQty = this.#places('availableQty');
  }

  /** The cells of the row that sets `productCode` at `store` to `quantity`. */
  row(store: Store, productCode: string, quantity: number): string[] {
    const cells = this.#template(store).slice();
    for (const index of this.#idValue) cells[index] = productCode;
    for (const index of this.#availableQty) cells[index] = String(quantity);
    return cells;
  }

  #places(field: ResetField): number[] {
    return this.fields.flatMap((other, index) => (other === field ? [index] : []));
  }

  #template(store: Store): string[] {
    let template = this.#templates.get(store);
    if (!template) {
      template = this.fields.map((field) => this.#fixedValue(field, store));
      this.#templates.set(store, template);
    }
    return template;
  }

  #fixedValue(field: ResetField, store: Store): string {
    switch (field) {
      case 'facilityId':
      case 'externalFacilityId':
      case 'locationSeqId':
        return store[field];
      case 'idType':
        return this.#settings.idType;
      case 'resetByAtp':
        return this.#settings.resetByAtp === undefined ? '' : String(this.#settings.resetByAtp);
      case 'comments':
        return this.#settings.comments;
      case 'productId': // the OMS's own id, which Smaregi does not know
      case 'idValue':
      case 'availableQty':
        return '';
    }
  }
}
