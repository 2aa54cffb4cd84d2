import type { Store } from '../config/store-map.ts';
import { damage } from '../csv/decode.ts';
import { hasWidth } from '../csv/record-cells.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import type { AllotmentRow } from '../ledger/allotment-records.ts';
import { cleanProductCode, faultOfProductCode } from '../smaregi/product-code.ts';
import { parseQuantity } from '../smaregi/quantity.ts';
import type { SplitLayout } from './split-columns.ts';

/** Why a split is not accepted. */
export type SplitReason =
  | 'column-count'
  | 'bad-quote'
  | 'bad-encoding'
  | 'no-product-code'
  | 'bad-product-code'
  | 'bad-quantity'
  | 'negative'
  | 'split'
  | 'repeated-product'
  | 'unknown-product'
  | 'store-facility'
  | 'other-facility';

export interface SplitFault {
  line: number;
  reason: SplitReason;
  productCode: string;
  message: string;
}

/** Decides about the rows of one split, for one warehouse; pure but for what it has seen. */
export class SplitRows {
  readonly rows: (AllotmentRow & { line: number })[] = [];
  readonly faults: SplitFault[] = [];
  readonly #layout: SplitLayout;
  readonly #width: number;
  readonly #warehouse: Store;
  readonly #stores: readonly Store[];
  readonly #seen = new Map<string, number>();

  constructor(layout: SplitLayout, width: number, warehouse: Store, stores: readonly Store[]) {
    this.#layout = layout;
    this.#width = width;
    this.#warehouse = warehouse;
    this.#stores = stores;
  }

  take({ line, cells, fault }: CsvRecord): void {
    const product = cleanProductCode(cells[this.#layout.product] ?? '');
    const say = (reason: SplitReason, message: string) =>
      this.faults.push({ line, reason, productCode: product, message });
    if (fault) return void say(fault, fault === 'bad-quote' ? 'a quote stands where it may not' : 'too long');
    if (cells.some((cell) => cell.includes(damage)))
      return void say('bad-encoding', 'bytes that are no characters');
    if (!hasWidth(cells, this.#width))
      return void say('column-count', `${cells.length} cells, not ${this.#width}`);
    const codeFault = faultOfProductCode(product);
    if (codeFault)
      return void say(codeFault, codeFault === 'no-product-code' ? 'no product code' : 'not a product code');
    const first = this.#seen.get(product);
    if (first !== undefined) return void say('repeated-product', `stands in line ${first} already`);
    this.#seen.set(product, line);
    const facilityFault = this.#facilityFault(cells);
    if (facilityFault) return void say(...facilityFault);
    const amounts = this.#amounts(cells, say);
    if (amounts) this.rows.push({ line, productCode: product, ...amounts });
  }

  /** @returns undefined after `say` was told why */
  #amounts(
    cells: string[],
    say: (reason: SplitReason, message: string) => void,
  ): { b2b: number; b2c: number } | undefined {
    const read = (field: 'total' | 'b2b' | 'b2c') => {
      const cell = cells[this.#layout[field]] ?? '';
      const quantity = parseQuantity(cell);
      if (quantity === undefined) say('bad-quantity', `${field} is "${cell.trim()}", no whole number`);
      else if (quantity < 0) say('negative', `${field} is ${quantity}`);
      return quantity !== undefined && quantity >= 0 ? quantity : undefined;
    };
    const [total, b2b, b2c] = [read('total'), read('b2b'), read('b2c')];
    if (total === undefined || b2b === undefined || b2c === undefined) return undefined;
    if (b2b + b2c === total) return { b2b, b2c };
    say('split', `B2B ${b2b} + B2C ${b2c} = ${b2b + b2c}, not ${total}`);
    return undefined;
  }

  /** The file may name the facility; it must then be this warehouse, and never a store. */
  #facilityFault(cells: string[]): [SplitReason, string] | undefined {
    const { facility } = this.#layout;
    const named = facility === undefined ? '' : (cells[facility] ?? '').normalize('NFKC').trim();
    if (named === '' || namesOf(this.#warehouse).includes(named)) return undefined;
    const other = this.#stores.find((store) => namesOf(store).includes(named));
    if (other && other.kind !== 'warehouse') {
      return [
        'store-facility',
        `${named} is a ${other.kind}: its stock is Smaregi's, never allotted by hand`,
      ];
    }
    return ['other-facility', `${named} is not ${this.#warehouse.name}`];
  }
}

function namesOf({ storeId, storeCode, name, facilityId, externalFacilityId }: Store): string[] {
  return [storeId, storeCode, name, facilityId, externalFacilityId]
    .filter((text) => text !== '')
    .map((text) => text.normalize('NFKC'));
}
