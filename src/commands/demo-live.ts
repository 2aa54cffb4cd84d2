import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../app.ts';
import type { Clock } from '../platform/clock.ts';
import { showLocal } from '../platform/time-zone.ts';
import { BusyStores, type Deed } from '../sandbox/busy-stores.ts';
import { seededRandom } from '../sandbox/chance.ts';
import type { RetailerSandbox } from '../sandbox/retailer-sandbox.ts';
import { until } from './demo-patience.ts';

export interface LiveDayOptions {
  world: RetailerSandbox;
  service: Service;
  clock: Clock;
  timeZone: string;
  idType: string;
  /** The same day for the same seed. */
  seed: number;
  say: (line: string) => void;
}

/** Deeds in each half of the day, and the rest between two: about eight seconds a half. */
const deedsPerHalf = 100;
const restMs = 80;
/** Deeds between two rounds of packing; the real feed comes every half hour. */
const deedsPerFeed = 20;
/** Smaregi's times are whole seconds: what happens in the second of a snapshot could be before it or after. */
const secondMs = 1_100;

/** A business day in half a minute: a reset in the morning, stores full of people, an unwell Smaregi. */
export class LiveDay {
  readonly #options: LiveDayOptions;
  readonly #stores: BusyStores;
  readonly #done = new Map<Deed, number>();

  constructor(options: LiveDayOptions) {
    this.#options = options;
    const { world, clock, seed } = options;
    const { stores, products, oms, smaregi } = world;
    this.#stores = new BusyStores({
      stores,
      products,
      book: smaregi.book,
      till: smaregi.till,
      orders: oms.orders,
      random: seededRandom(seed),
      now: () => clock.now(),
    });
  }

  /** Returns whether the OMS ends with Smaregi's stock, every packing was written once, and nothing came back. */
  async run(): Promise<boolean> {
    await this.#opening();
    await this.#morning();
    await this.#afternoon();
    return this.#closing();
  }

  /** A reset with sales around it: on which side of it they fall is what the window is for. */
  async #opening(): Promise<void> {
    const { world, service, clock, timeZone, say } = this.#options;
    const name = `zaiko_${showLocal(clock.now(), timeZone).replaceAll(/\D/g, '').slice(0, 14)}.csv`;
    const rows = this.#stockRows();
    const inbox = service.folders.inbox.inventory;
    writeFileSync(join(inbox, `${name}.part`), ['店舗ID,商品コード,在庫数', ...rows, ''].join('\r\n'));
    renameSync(join(inbox, `${name}.part`), join(inbox, name));
    say(`05:00     Smaregi's stock, ${rows.length} rows, is dropped as ${name}`);
    await clock.sleep(secondMs);
    this.#act(5);
    await until(clock, 'the Reset CSV is delivered', async () =>
      service.snapshots.list().some(({ state }) => state === 'delivered'),
    );
    this.#act(5);
    say('05:29     delivered by SFTP; from here to the reset the stores sell, and what they sell is held');
    const [imported] = (await world.oms.runResetJob()).files;
    say(`05:30     the OMS reads ${imported?.name}: ${imported?.rows} rows, ${imported?.failed} failed`);
    await until(clock, 'the reset is known', async () =>
      service.snapshots.list().some(({ state }) => state === 'applied'),
    );
    say('05:31     its import log says so: what it does not contain is told now');
  }

  async #morning(): Promise<void> {
    const { world, service, say } = this.#options;
    world.webhooksTo(service.statusUrl);
    world.smaregi.faults.set({ webhooks: { lose: 5, repeat: 5 } });
    say(
      '10:00     the stores open; Smaregi calls with every change, but loses five calls and makes five twice',
    );
    await this.#half();
  }

  async #afternoon(): Promise<void> {
    const { world, say } = this.#options;
    world.webhooksTo(undefined);
    world.smaregi.faults.set({
      reads: { status: { code: 429, times: 3, retryAfter: 1 } },
      writes: { status: { code: 429, times: 3, retryAfter: 1 }, dropBefore: 2, dropAfter: 2 },
    });
    say('15:00     the calls stop, Smaregi throttles, and four of its answers are lost');
    await this.#half();
  }

  async #half(): Promise<void> {
    for (let deed = 1; deed <= deedsPerHalf; deed += 1) {
      this.#act(1);
      if (deed % deedsPerFeed === 0) await this.#pack();
      await this.#options.clock.sleep(restMs);
    }
    const { oms } = this.#options.world;
    this.#options.say(`          ${this.#deeds()}; ${oms.orders.packings} packings`);
  }

  async #closing(): Promise<boolean> {
    const { world, clock, say } = this.#options;
    const { oms, smaregi } = world;
    await this.#pack();
    say('20:00     the stores close; what is open is finished');
    const isQuiet = async () =>
      smaregi.additions.length >= oms.orders.packings &&
      this.#echoes() >= oms.orders.packings &&
      this.#count(`SELECT count(*) FROM posting WHERE state NOT IN ('posted', 'absorbed')`) === 0 &&
      this.#differing() === 0;
    await until(clock, 'everything is told', isQuiet).catch(() => undefined);
    const writes = smaregi.additions.length;
    const memos = new Set(smaregi.additions.map(({ memo }) => memo)).size;
    const echoed = this.#count(
      `SELECT count(*) FROM movement JOIN posting ON movement_id = movement.id WHERE kind = 'echo'`,
    );
    const looked = this.#count(`SELECT count(*) FROM call WHERE outcome_by = 'found by memo'`);
    say(
      `packed    ${oms.orders.packings} packings, ${writes} writes to Smaregi, ${looked} doubts settled by their memos`,
    );
    say(`echo      ${this.#echoes()} changes in Smaregi were our own; ${echoed} of them went to the OMS`);
    const differing = this.#differing();
    const rows = this.#rows().length;
    say(
      differing === 0
        ? `equal     all ${rows} levels of the OMS are Smaregi's`
        : `NOT EQUAL ${differing} of ${rows} levels differ`,
    );
    return differing === 0 && writes === oms.orders.packings && memos === writes && echoed === 0;
  }

  #act(times: number): void {
    for (let count = 0; count < times; count += 1) {
      const deed = this.#stores.act();
      this.#done.set(deed, (this.#done.get(deed) ?? 0) + 1);
    }
  }

  async #pack(): Promise<void> {
    const { orders } = this.#options.world.oms;
    orders.pack();
    await orders.writeFeed();
  }

  #deeds(): string {
    return [...this.#done].map(([deed, count]) => `${count} × ${deed}`).join(', ');
  }

  #stockRows(): string[] {
    const codes = new Map(
      this.#options.world.products.map(({ productId, productCode }) => [productId, productCode]),
    );
    return this.#options.world.smaregi.book.rows().map(({ storeId = '', productId = '' }) => {
      const available = this.#options.world.smaregi.book.available(storeId, productId);
      return `${storeId},${codes.get(productId)},${available}`;
    });
  }

  /** Every store and product that takes part. */
  #rows(): { smaregi: number; oms: number }[] {
    const { world, idType } = this.#options;
    const stores = world.stores.filter(({ kind }) => kind !== 'warehouse');
    return stores.flatMap(({ storeId, facilityId }) =>
      world.products.map(({ productId, productCode }) => ({
        smaregi: world.smaregi.book.available(storeId, productId),
        oms: world.oms.levels.get(facilityId, { idType, idValue: productCode }),
      })),
    );
  }

  #differing(): number {
    return this.#rows().filter(({ smaregi, oms }) => smaregi !== oms).length;
  }

  #echoes(): number {
    return this.#count(`SELECT count(*) FROM movement WHERE kind = 'echo'`);
  }

  #count(sql: string): number {
    return this.#options.service.database.prepare(sql).pluck().get() as number;
  }
}
