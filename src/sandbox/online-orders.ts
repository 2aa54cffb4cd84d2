import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../config/store-map.ts';
import type { Clock } from '../platform/clock.ts';
import type { Levels, ProductId } from './levels.ts';

export interface OrderedLine extends ProductId {
  facilityId: string;
  quantity: number;
}

interface Order {
  name: string;
  lines: readonly OrderedLine[];
  state: 'reserved' | 'packed' | 'told';
}

const header = 'Order Id,Product Id,Facility Id,Quantity';
const firstOrder = 90_003_000;

/** The web shop's orders, as the OMS has stores fulfil them: reserved, packed, and told to the tills in a file. */
export class OnlineOrders {
  readonly #levels: Levels;
  readonly #stores: readonly Store[];
  readonly #outgoing: string | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #orders: Order[] = [];

  /** `outgoing`: where the files go; without it none is written. */
  constructor(options: {
    levels: Levels;
    stores: readonly Store[];
    outgoing: string | undefined;
    clock: Pick<Clock, 'now'>;
  }) {
    this.#levels = options.levels;
    this.#stores = options.stores;
    this.#outgoing = options.outgoing;
    this.#clock = options.clock;
  }

  /** A customer buys: the OMS takes it off what it has to sell at once. Returns the order's name. */
  place(lines: readonly OrderedLine[]): string {
    const name = String(firstOrder + this.#orders.length);
    for (const line of lines) {
      this.#levels.set(line.facilityId, line, this.#levels.get(line.facilityId, line) - line.quantity);
    }
    this.#orders.push({ name, lines, state: 'reserved' });
    return name;
  }

  /** The stores pack whatever is reserved. From now on it is final. */
  pack(): void {
    for (const order of this.#orders) if (order.state === 'reserved') order.state = 'packed';
  }

  /** How many (order, product, facility) were packed so far: as many writes does Smaregi need. */
  get packings(): number {
    return this.#orders
      .filter(({ state }) => state !== 'reserved')
      .reduce((sum, { lines }) => sum + lines.length, 0);
  }

  /**
   * The half-hourly feed: what was packed and in no file before, one row a unit. Returns the file's name, or undefined
   * when there is nothing to tell.
   */
  async writeFeed(): Promise<string | undefined> {
    const orders = this.#orders.filter(({ state }) => state === 'packed');
    if (orders.length === 0 || this.#outgoing === undefined) return undefined;
    const rows = orders.flatMap(({ name, lines }) => lines.flatMap((line) => this.#rowsOf(name, line)));
    const file = `fulfilled_${this.#clock.now()}.csv`;
    await mkdir(this.#outgoing, { recursive: true });
    const hidden = join(this.#outgoing, `.${file}`);
    await writeFile(hidden, `${[header, ...rows].join('\r\n')}\r\n`);
    await rename(hidden, join(this.#outgoing, file));
    for (const order of orders) order.state = 'told';
    return file;
  }

  #rowsOf(order: string, { facilityId, idValue, quantity }: OrderedLine): string[] {
    const store = this.#stores.find((each) => each.facilityId === facilityId);
    const row = `${order},${idValue},${store?.externalFacilityId ?? facilityId},1`;
    return Array.from({ length: quantity }, () => row);
  }
}
