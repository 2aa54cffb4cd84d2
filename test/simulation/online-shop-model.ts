import type { OmsModel } from './oms-model.ts';
import type { Row } from './rows.ts';

/** So many units of a row, for one order. */
export interface OrderLine {
  row: Row;
  quantity: number;
  /** Units packed so far. */
  packed: number;
  /** Units that a file of the feed has told. */
  told: number;
}

export interface Order {
  name: string;
  lines: OrderLine[];
  isShipped: boolean;
}

/** A file of packed orders: the units of each order and row in all. */
export interface FeedFile {
  packed: readonly { order: string; row: Row; quantity: number }[];
}

/** The web shop's orders, as the OMS has stores fulfil them: reserved, packed, told in a file, shipped. */
export class OnlineShopModel {
  readonly orders: Order[] = [];
  /** Every file that was ever written as it should be. */
  readonly files: FeedFile[] = [];
  readonly #oms: OmsModel;

  constructor(oms: OmsModel) {
    this.#oms = oms;
  }

  get open(): Order[] {
    return this.orders.filter((order) => !isPacked(order));
  }

  get packed(): Order[] {
    return this.orders.filter((order) => isPacked(order) && !order.isShipped);
  }

  place(wanted: readonly { row: Row; quantity: number }[]): Order {
    const lines = wanted.map((line) => ({ ...line, packed: 0, told: 0 }));
    const order = { name: `J/9000${3000 + this.orders.length}`, lines, isShipped: false };
    this.orders.push(order);
    for (const { row, quantity } of lines) this.#oms.reserve(row, quantity);
    return order;
  }

  /** All of it, or one unit more of its first open line. */
  pack(order: Order, isWhole: boolean): void {
    const open = order.lines.filter((line) => line.packed < line.quantity);
    for (const line of isWhole ? open : open.slice(0, 1)) {
      line.packed = isWhole ? line.quantity : line.packed + 1;
    }
  }

  /** What was packed and is in no file yet, as one file; undefined when there is nothing. */
  writeFeed(): FeedFile | undefined {
    const lines = this.orders.flatMap(({ name: order, lines: all }) =>
      all.filter(({ packed, told }) => packed > told).map((line) => ({ order, line })),
    );
    if (lines.length === 0) return undefined;
    const packed = lines.map(({ order, line }) => ({ order, row: line.row, quantity: line.packed }));
    for (const { line } of lines) line.told = line.packed;
    this.files.push({ packed });
    return { packed };
  }

  ship(order: Order): void {
    order.isShipped = true;
    for (const { row, quantity } of order.lines) this.#oms.ship(row, quantity);
  }
}

function isPacked({ lines }: Order): boolean {
  return lines.every(({ packed, quantity }) => packed === quantity);
}

export const feedHeader = ['Order Id', 'Product Id', 'Facility Id', 'Quantity'];

/** The cells of a file, without its header: a row for each unit, as the OMS writes them. */
export function cellsOfFeed({ packed }: FeedFile): string[][] {
  return packed.flatMap(({ order, row, quantity }) => {
    const cells = (units: number) => [order, row.productCode, row.storeId, String(units)];
    return quantity > 0 ? Array.from({ length: quantity }, () => cells(1)) : [cells(quantity)];
  });
}
