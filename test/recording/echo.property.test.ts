import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProductRecords } from '../../src/ledger/product-records.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Problem } from '../../src/platform/problem.ts';
import { followStock } from '../../src/recording/following.ts';
import { Products } from '../../src/recording/products.ts';
import { StockBook } from '../../src/sandbox/smaregi-stock-book.ts';
import type { ApiRow } from '../../src/smaregi/api-row.ts';
import type { SmaregiClient } from '../../src/smaregi/smaregi-client.ts';
import { movement, openTestLedger } from '../support/ledger.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { smallRetailer } from '../support/small-retailer.ts';
import { settingsFor } from '../support/smaregi.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Smaregi, the OMS and the web shop as models; the ledger and everything that follows Smaregi for real. Stores sell, the
// web shop sells what the OMS has, stores pack it, Smaregi is told of it with answers that come late or never, and its
// stock is read at any time, by changes or by levels. At rest, what may be sold is the same on both sides.

const rows = [
  { storeId: '1', productId: '1001' },
  { storeId: '3', productId: '1001' },
];
const codeOf = (productId: string) => `490000000${productId}`;
const never = new AbortController().signal;

type Row = (typeof rows)[number];
type Step =
  | { is: 'move'; row: number; division: string; amount: number }
  | { is: 'order'; row: number; quantity: number }
  | { is: 'pack'; answer: 'comes' | 'later' | 'lost' }
  | { is: 'answers' }
  | { is: 'read' }
  | { is: 'webhook'; row: number }
  | { is: 'tell' }
  | { is: 'plan'; open: boolean }
  | { is: 'wait'; seconds: number };

const anyRow = fc.integer({ min: 0, max: rows.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    is: fc.constant('move' as const),
    row: anyRow,
    division: fc.constantFrom('01', '02', '04', '07', '08', '12', '14', '15'),
    amount: fc.integer({ min: -3, max: 3 }).filter((amount) => amount !== 0),
  }),
  fc.record({ is: fc.constant('order' as const), row: anyRow, quantity: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ is: fc.constant('pack' as const), answer: fc.constantFrom('comes', 'later', 'lost') }),
  fc.record({ is: fc.constantFrom('answers' as const, 'read' as const, 'tell' as const) }),
  fc.record({ is: fc.constant('webhook' as const), row: anyRow }),
  fc.record({ is: fc.constant('plan' as const), open: fc.boolean() }),
  fc.record({ is: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 3 }) }),
);

class World {
  readonly clock = new ManualClock();
  readonly book = new StockBook(this.clock);
  readonly oms = new Map<string, number>();
  readonly ledger;
  readonly orders: (Row & { quantity: number; name: number })[] = [];
  readonly waiting: { callId: number; changeId: string; lost: boolean }[] = [];
  packed = 0;
  #isOpen = true;
  #stock;

  constructor(path: string) {
    this.ledger = openTestLedger(path);
    const records = new ProductRecords(this.ledger.database);
    for (const { productId } of rows) {
      records.save({ productId, productCode: codeOf(productId), managed: true }, this.clock.now());
    }
    for (const row of rows) this.book.begin(row.storeId, row.productId, 10);
    for (const row of rows) this.oms.set(keyOf(row), 10);
    this.#stock = this.#follow();
  }

  async do(step: Step): Promise<void> {
    switch (step.is) {
      case 'move': {
        const { division, amount, row } = step;
        this.book.change({ ...rowAt(row), division, amount });
        return;
      }
      case 'order': {
        const row = rowAt(step.row);
        this.orders.push({ ...row, quantity: step.quantity, name: this.orders.length + this.packed });
        this.#adjust(keyOf(row), -step.quantity);
        return;
      }
      case 'pack':
        return this.#pack(step.answer);
      case 'answers':
        return this.#answers();
      case 'read':
        return this.#stock.takeAll(never, async () => {});
      case 'webhook':
        return this.#stock.takeRows([rowAt(step.row)], never);
      case 'tell':
        return this.#tell();
      case 'plan':
        return this.#setPlan(step.open);
      case 'wait':
        return this.clock.advance(step.seconds * 1000);
    }
  }

  /** Everything that is open is finished. */
  async rest(): Promise<void> {
    while (this.orders.length > 0) this.#pack('later');
    this.#answers();
    await this.clock.advance(2_000);
    await this.#stock.takeAll(never, async () => {});
    this.#tell();
  }

  /** A level is what may be sold: the OMS takes an order off at once, Smaregi when it is packed. */
  levels(): Record<string, { smaregi: number; oms: number | undefined }> {
    return Object.fromEntries(
      rows.map((row) => [
        keyOf(row),
        { smaregi: this.book.available(row.storeId, row.productId), oms: this.oms.get(keyOf(row)) },
      ]),
    );
  }

  echoes(): { all: number; told: number } {
    const count = (sql: string) => this.ledger.database.prepare(sql).pluck().get() as number;
    return {
      all: count(`SELECT count(*) FROM movement WHERE kind = 'echo'`),
      told: count(`SELECT count(*) FROM movement JOIN posting ON movement_id = id WHERE kind = 'echo'`),
    };
  }

  /** One call to Smaregi, on disk before it leaves; it is always applied, but its answer may not come. */
  #pack(answer: 'comes' | 'later' | 'lost'): void {
    const order = this.orders.shift();
    if (!order) return;
    this.packed += 1;
    const { storeId, productId, quantity, name } = order;
    const { database, movements, calls } = this.ledger;
    const at = this.clock.now();
    const callId = database.transaction(() => {
      const change = { destination: 'smaregi', source: 'fulfilled', kind: 'packed', storeId } as const;
      const row = { productCode: codeOf(productId), quantity: -quantity, occurredAt: at, recordedAt: at };
      const id = movements.add(movement(`${name}/1/1`, { ...change, ...row }));
      const told = [{ id, multiplicity: 1 as const }];
      return calls.open(
        { destination: 'smaregi', movements: told, quantity: -quantity, reason: 'packed' },
        at,
      );
    })();
    const memo = `flagship:pack:${name}:1`;
    const { id } = this.book.change({ storeId, productId, division: '15', amount: -quantity, memo });
    const call = { callId, changeId: id, lost: answer === 'lost' };
    if (answer === 'lost') database.transaction(() => calls.doubt(callId, at, 'lost'))();
    if (answer === 'comes') this.#accept(call);
    else this.waiting.push(call);
  }

  /** Answers that were late arrive; lost ones are found by their memo. */
  #answers(): void {
    for (const call of this.waiting.splice(0)) this.#accept(call);
  }

  #accept({ callId, changeId }: { callId: number; changeId: string }): void {
    const { database, calls } = this.ledger;
    const end = { outcome: 'accepted', at: this.clock.now(), by: 'flagship', note: null } as const;
    database.transaction(() => calls.close(callId, { ...end, receipt: changeId }))();
  }

  #tell(): void {
    const { database, postings, calls } = this.ledger;
    for (const due of postings.due('hotwax', this.clock.now(), 1_000)) {
      const told = [{ id: due.movementId, multiplicity: due.need > 0 ? (1 as const) : (-1 as const) }];
      const quantity = due.quantity * due.need;
      const at = this.clock.now();
      database.transaction(() => {
        const id = calls.open({ destination: 'hotwax', movements: told, quantity, reason: due.kind }, at);
        calls.close(id, { outcome: 'accepted', at, by: 'flagship', note: null });
      })();
      this.#adjust(`${due.storeId}/${due.productCode}`, quantity);
    }
  }

  async #setPlan(isOpen: boolean): Promise<void> {
    if (isOpen === this.#isOpen) return;
    // What a row had before nobody can say once changes may not be read, and what a doubt was of while only levels
    // were: everything is read and answered before that.
    this.#answers();
    await this.#stock.takeAll(never, async () => {});
    this.#isOpen = isOpen;
    this.#stock = this.#follow();
    await this.#stock.takeAll(never, async () => {});
  }

  #adjust(key: string, quantity: number): void {
    this.oms.set(key, (this.oms.get(key) ?? 0) + quantity);
  }

  #follow() {
    const { database } = this.ledger;
    const smaregi = this.#client();
    const records = new ProductRecords(database);
    return followStock({
      ...this.ledger,
      settings: settingsFor('http://127.0.0.1:1'),
      smaregi,
      products: new Products({ database, records, smaregi, clock: this.clock }),
      stores: smallRetailer,
      clock: this.clock,
      log: createLogger('silent'),
      onMovements: () => {},
    });
  }

  /** The API, without the network: every answer is that of the moment. */
  #client(): SmaregiClient {
    const { book } = this;
    const isOpen = () => this.#isOpen;
    const none = async function* (): AsyncGenerator<ApiRow[]> {};
    return {
      async *stock({ row }) {
        yield book
          .rows()
          .filter((level) => !row || (level.storeId === row.storeId && level.productId === row.productId));
      },
      async *stockChanges({ storeId, productId }) {
        if (!isOpen()) throw new Problem('smaregi-forbidden', 'not in this plan', 'none');
        yield [...(book.history(storeId, productId) ?? [])].reverse();
      },
      transactions: none,
      products: none,
      product: () => Promise.reject(new Problem('smaregi-not-found', 'none', 'none')),
      addStock: () => Promise.reject(new Error('not used')),
      checkToken: async () => '',
      close: async () => {},
    };
  }
}

test('whatever stores, web shop and network do, at rest what may be sold is equal, and no echo was told', async () => {
  const folder = await temporaryFolder();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      runs += 1;
      const path = `${folder}/${runs}.db`;
      const world = new World(path);
      try {
        await world.do({ is: 'read' });
        for (const one of steps) await world.do(one);
        await world.rest();
        for (const { smaregi, oms } of Object.values(world.levels())) expect(oms).toBe(smaregi);
        expect(world.echoes()).toEqual({ all: world.packed, told: 0 });
      } finally {
        world.ledger.database.close();
        rmSync(path);
      }
    }),
    { numRuns: 100 },
  );
});

function rowAt(index: number): Row {
  return rows[index] as Row;
}

function keyOf({ storeId, productId }: Row): string {
  return `${storeId}/${codeOf(productId)}`;
}
