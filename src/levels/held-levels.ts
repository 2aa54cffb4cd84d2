/** What the OMS holds of one product in one store. */
export interface Held {
  quantity: number;
  /** The rule by which the OMS shows none of it. */
  reason: string | undefined;
}

/** Product to store to what is held; a store that is not there holds nothing. */
export type HeldByProduct = ReadonlyMap<string, ReadonlyMap<string, Held>>;

/** Where the OMS's levels come from. */
export interface HeldLevels {
  /** For people and for the record. */
  readonly source: string;
  /** Products in one question. */
  readonly batchSize: number;
  /** `readAt`: the OMS had it so then, or later; epoch milliseconds. */
  of(products: readonly string[]): Promise<{ held: HeldByProduct; readAt: number }>;
  /** What is held of products that nobody asks for, as far as the source knows them. */
  others(isExpected: (productCode: string) => boolean): Iterable<HeldRow>;
  close(): Promise<void>;
}

export interface HeldRow extends Held {
  productCode: string;
  storeId: string;
}
