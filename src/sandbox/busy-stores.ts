import type { Store } from '../config/store-map.ts';
import type { OnlineOrders } from './online-orders.ts';
import type { StockBook } from './smaregi-stock-book.ts';
import type { SoldLine, Till } from './smaregi-till.ts';

/** What happens in stores in a day, and how often among a hundred things. */
const deeds = {
  sale: 48,
  return: 6,
  cancellation: 6,
  reversal: 4,
  transfer: 8,
  loss: 5,
  stocktaking: 4,
  'put aside': 4,
  receipt: 3,
  'online order': 12,
} as const;

export type Deed = keyof typeof deeds;

/** What Flagship calls a product by, unless it is told otherwise. */
const idType = 'UPCA';
/** How long ago a stocktaking may count from. */
const countedAgoMs = 60 * 60_000;

export interface BusyStoresOptions {
  stores: readonly Store[];
  products: readonly { productId: string; productCode: string }[];
  book: StockBook;
  till: Till;
  orders: OnlineOrders;
  /** From 0 to below 1. */
  random: () => number;
  now: () => number;
}

/** Stores full of people: each deed is one thing that somebody does at a till, in a stock room or in the web shop. */
export class BusyStores {
  readonly #options: BusyStoresOptions;
  readonly #stores: readonly Store[];
  /** Sales that can still be cancelled or reversed. */
  readonly #sales: string[] = [];

  constructor(options: BusyStoresOptions) {
    this.#options = options;
    this.#stores = options.stores.filter(({ kind }) => kind !== 'warehouse');
  }

  /** Somebody does something; says what. */
  act(): Deed {
    const deed = this.#choose();
    this.#do(deed);
    return deed;
  }

  #choose(): Deed {
    let left = this.#options.random() * 100;
    for (const [deed, share] of Object.entries(deeds) as [Deed, number][]) {
      left -= share;
      if (left < 0) return this.#sales.length === 0 && /cancel|revers/.test(deed) ? 'sale' : deed;
    }
    return 'sale';
  }

  #do(deed: Deed): void {
    const { book, till, now } = this.#options;
    const row = { storeId: this.#store().storeId, productId: this.#product().productId };
    const few = this.#upTo(3);
    switch (deed) {
      case 'sale':
        this.#sales.push(till.sell(row.storeId, this.#lines()));
        break;
      case 'return':
        till.takeBack(row.storeId, [{ productId: row.productId, quantity: 1 }]);
        break;
      case 'cancellation':
        till.cancel(this.#oneSale());
        break;
      case 'reversal':
        till.dispose(this.#oneSale());
        break;
      case 'transfer':
        this.#transfer(row, few);
        break;
      case 'loss':
        book.change({ ...row, division: '14', amount: -1 });
        break;
      case 'stocktaking':
        book.change({
          ...row,
          division: '08',
          amount: few * (this.#options.random() < 0.5 ? -1 : 1),
          targetAt: now() - countedAgoMs,
        });
        break;
      case 'put aside':
        book.change({ ...row, division: '07', amount: -1 });
        break;
      case 'receipt':
        book.change({ ...row, division: '03', amount: few * 4 });
        break;
      case 'online order':
        this.#order();
    }
  }

  #transfer({ storeId, productId }: { storeId: string; productId: string }, quantity: number): void {
    const to = this.#store().storeId;
    const way = { productId, fromStoreId: storeId, toStoreId: to };
    this.#options.book.change({ ...way, storeId, division: '04', amount: -quantity });
    this.#options.book.change({ ...way, storeId: to, division: '05', amount: quantity });
  }

  /** Of different products: a product that stands twice in an order would be packed as one. */
  #order(): void {
    const { orders } = this.#options;
    const { facilityId } = this.#store();
    const codes = new Set(Array.from({ length: this.#upTo(2) }, () => this.#product().productCode));
    orders.place([...codes].map((idValue) => ({ facilityId, idType, idValue, quantity: this.#upTo(2) })));
  }

  #lines(): SoldLine[] {
    return Array.from({ length: this.#upTo(3) }, () => ({
      productId: this.#product().productId,
      quantity: this.#upTo(2),
    }));
  }

  /** Each sale is undone once. */
  #oneSale(): string {
    const [id = ''] = this.#sales.splice(Math.floor(this.#options.random() * this.#sales.length), 1);
    return id;
  }

  #store(): Store {
    return this.#one(this.#stores);
  }

  #product() {
    return this.#one(this.#options.products);
  }

  #one<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#options.random() * items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  /** 1 to `most`. */
  #upTo(most: number): number {
    return 1 + Math.floor(this.#options.random() * most);
  }
}
