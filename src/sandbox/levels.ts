import type { Store } from '../config/store-map.ts';

/** facilityId → idType → idValue → quantity on hand, every key in order. */
export interface LevelsDocument {
  facilities: Record<string, Record<string, Record<string, number>>>;
}

export interface ProductId {
  idType: string;
  idValue: string;
}

/**
 * What the sandbox OMS holds: quantity on hand per facility and product. Facilities are those of the store map,
 * warehouses too. Products are the given ones, or else whatever a reset has named so far.
 */
export class Levels {
  readonly #quantities = new Map<string, Map<string, number>>();
  readonly #external = new Map<string, string>();
  readonly #products = new Set<string>();
  readonly #learns: boolean;
  /** Codes of products that a rule hides: shown with nothing, whatever is held. */
  readonly hidden = new Set<string>();

  constructor(stores: readonly Store[], products?: Iterable<ProductId>) {
    for (const { facilityId, externalFacilityId, storeId } of stores) {
      const id = facilityId || externalFacilityId || storeId;
      this.#quantities.set(id, new Map());
      if (externalFacilityId) this.#external.set(externalFacilityId, id);
    }
    this.#learns = products === undefined;
    for (const product of products ?? []) this.#products.add(keyOf(product));
  }

  /** The internal id of a facility named in either way; undefined when it is unknown or the two disagree. */
  facility(facilityId: string, externalFacilityId: string): string | undefined {
    const internal = this.#quantities.has(facilityId) ? facilityId : undefined;
    const external = this.#external.get(externalFacilityId);
    if (facilityId && externalFacilityId) return internal === external ? internal : undefined;
    return facilityId ? internal : external;
  }

  knows(product: ProductId): boolean {
    return this.#products.has(keyOf(product));
  }

  /** Whether a reset may name this product. */
  accepts(product: ProductId): boolean {
    return this.#learns || this.knows(product);
  }

  /** Where products are learnt from resets, makes this one known. */
  learn(product: ProductId): void {
    if (this.#learns) this.#products.add(keyOf(product));
  }

  get(facilityId: string, product: ProductId): number {
    return this.#quantities.get(facilityId)?.get(keyOf(product)) ?? 0;
  }

  set(facilityId: string, product: ProductId, quantity: number): void {
    this.#quantities.get(facilityId)?.set(keyOf(product), quantity);
  }

  /** Facilities that hold a row for this product, with its quantity. */
  holding(product: ProductId): { facilityId: string; quantity: number }[] {
    return this.facilityIds().flatMap((facilityId) => {
      const quantity = this.#quantities.get(facilityId)?.get(keyOf(product));
      return quantity === undefined ? [] : [{ facilityId, quantity }];
    });
  }

  facilityIds(): string[] {
    return [...this.#quantities.keys()].sort();
  }

  /** Every level, or those of one facility. */
  document(facilityId?: string): LevelsDocument {
    const wanted = this.facilityIds().filter((id) => facilityId === undefined || id === facilityId);
    return { facilities: Object.fromEntries(wanted.map((id) => [id, this.#ofFacility(id)])) };
  }

  #ofFacility(facilityId: string): Record<string, Record<string, number>> {
    const byType: Record<string, Record<string, number>> = {};
    for (const [key, quantity] of [...(this.#quantities.get(facilityId) ?? [])].sort(byKey)) {
      const colon = key.indexOf(':');
      const idType = key.slice(0, colon);
      const ofType = byType[idType] ?? {};
      ofType[key.slice(colon + 1)] = quantity;
      byType[idType] = ofType;
    }
    return byType;
  }
}

/** The OMS's identifier types are upper case; its documents spell them in both. */
function keyOf({ idType, idValue }: ProductId): string {
  return `${idType.toUpperCase()}:${idValue}`;
}

function byKey([left]: [string, number], [right]: [string, number]): number {
  return left < right ? -1 : 1;
}
