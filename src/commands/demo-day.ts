import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Service } from '../app.ts';
import { CallRecords } from '../ledger/call-records.ts';
import { Interventions } from '../ledger/interventions.ts';
import { listPostings } from '../ledger/posting-list.ts';
import { PostingRecords } from '../ledger/posting-records.ts';
import type { Clock } from '../platform/clock.ts';
import { type RetailerSandbox, sampleFolder } from '../sandbox/retailer-sandbox.ts';
import { differences, readStock, type StockLevel } from '../sandbox/smaregi-stock.ts';
import { stuck, until } from './demo-patience.ts';
import { resetScene } from './demo-reset.ts';

const inventoryFile = 'zaiko_20261124_0300.csv';
const salesFiles = [
  ['uriage_20261124_1105.csv', 'the morning'],
  ['uriage_20261124_1135.csv', 'overlaps the first, edits a sale, has its columns in another order'],
  ['uriage_20261124_1105.csv', 'the first once more, as another download'],
  ['uriage_20261124_1205.csv', 'cancels, reverses and takes back'],
] as const;
const stockAtNight = 'smaregi_stock_20261124_0300.csv';
const stockAtNoon = 'smaregi_stock_20261124_1205.csv';

/** A day of the sample retailer, told line by line. */
export class DemoDay {
  readonly #world: RetailerSandbox;
  readonly #service: Service;
  readonly #clock: Clock;
  readonly #idType: string;
  readonly #say: (line: string) => void;

  constructor(options: {
    world: RetailerSandbox;
    service: Service;
    clock: Clock;
    idType: string;
    say: (line: string) => void;
  }) {
    this.#world = options.world;
    this.#service = options.service;
    this.#clock = options.clock;
    this.#idType = options.idType;
    this.#say = options.say;
  }

  /** From the inventory file to equal levels. Returns whether they are. */
  async morningReset(): Promise<boolean> {
    const say = this.#say;
    const { folders, snapshots } = this.#service;
    const stock = stockIn(stockAtNight);
    say(
      `before    ${this.#differences(stock).length} of ${stock.length} levels differ: the OMS knows nothing yet`,
    );
    drop(inventoryFile, folders.inbox.inventory, inventoryFile);
    say(`drop      ${inventoryFile} (CP932, as Smaregi writes it) into inbox/inventory`);
    const { incoming } = this.#world;
    const name = await until(this.#clock, 'the Reset CSV arrives', async () =>
      (await readdir(incoming)).find((found) => found.endsWith('.csv')),
    );
    const snapshot = snapshots.list()[0];
    say(
      `convert   ${snapshot?.rows} rows read, ${snapshot?.written} written for ${snapshot?.stores.length} stores, ` +
        `${snapshot?.rejected} rejected (warehouse rows, and one of each thing that goes wrong)`,
    );
    say(`deliver   ${name} by SFTP: uploaded under another name, verified, renamed`);
    const [imported] = (await this.#world.oms.runResetJob()).files;
    say(
      `reset     the OMS's 05:30 job read ${imported?.name}: ${imported?.rows} rows, ${imported?.failed} failed`,
    );
    return this.#compareWith(stock);
  }

  /** From sales files to equal levels, with an answer lost on the way. Returns whether they are equal. */
  async sales(): Promise<boolean> {
    const say = this.#say;
    const { oms } = this.#world;
    oms.faults.set({ dropAfter: 1 });
    say('fault     the OMS will apply one call and lose its answer');
    for (const [index, [name, what]] of salesFiles.entries()) {
      drop(name, this.#service.folders.inbox.sales, name.replace('.csv', `_${index + 1}.csv`));
      say(`drop      ${name} into inbox/sales: ${what}`);
      await until(this.#clock, 'the file is taken in', async () => this.#takenIn() > index);
    }
    await until(this.#clock, 'everything is told', async () => this.#open() === this.#inDoubt().length);
    const [doubt] = this.#inDoubt();
    if (!doubt) throw stuck('an answer is lost');
    say(
      `doubt     posting ${doubt.id} (store ${doubt.storeId}, ${doubt.productCode}, ${doubt.quantity}) is in doubt: it is never sent again by itself`,
    );
    this.#settle(doubt.id);
    say(
      `settle    a person saw it in the OMS: flagship settle ${doubt.id} --applied yes --reason "seen in the OMS"`,
    );
    const applied = oms.calls.filter((call) => call.result === 'applied').length;
    const { movements, netted } = this.#counts();
    say(
      `post      ${movements} movements of stock, ${netted} of them cancel out; ${applied} calls, none of them twice`,
    );
    return this.#compareWith(stockIn(stockAtNoon)) && applied === movements - netted;
  }

  /** A reset in the middle of sales, to equal levels. Returns whether they are. */
  async resetAmongSales(): Promise<boolean> {
    const say = this.#say;
    const { inbox } = this.#service.folders;
    const { row, sales, inventory, late, stock } = resetScene(stockIn(stockAtNoon));
    dropText(sales, inbox.sales, 'uriage_20261124_1225.csv');
    await until(this.#clock, 'both sales are told', async () => this.#level(row) === row.quantity - 2);
    say(
      `around    store ${row.storeId} sold ${row.productCode} at 12:10 and at 12:20; the OMS was told both`,
    );
    dropText(inventory, inbox.inventory, 'zaiko_20261124_1215.csv');
    await until(this.#clock, 'the second snapshot is delivered', async () => this.#delivered() === 2);
    await this.#world.oms.runResetJob();
    await until(
      this.#clock,
      'the later sale is told again',
      async () => this.#level(row) === row.quantity - 3,
    );
    say(
      'reset     the snapshot of 12:15 overwrote both: the sale of 12:20 is told again, that of 12:10 is in it',
    );
    dropText(late, inbox.sales, 'uriage_20261124_1230.csv');
    await until(
      this.#clock,
      'the late sale is absorbed',
      async () => this.#open() === 0 && this.#takenIn() === 6,
    );
    say('late      a till sends its sale of 12:12 only now: the snapshot contains it, nothing is told');
    return this.#compareWith(stock);
  }

  #level({ storeId, productCode }: StockLevel): number {
    const facility = this.#world.stores.find((store) => store.storeId === storeId)?.facilityId ?? '';
    return this.#world.oms.levels.get(facility, { idType: this.#idType, idValue: productCode });
  }

  #delivered(): number {
    return this.#count('SELECT count(*) FROM snapshot WHERE delivered_at IS NOT NULL');
  }

  #differences(stock: readonly StockLevel[]) {
    return differences(stock, this.#world.oms.levels, this.#world.stores, this.#idType);
  }

  #compareWith(stock: readonly StockLevel[]): boolean {
    const found = this.#differences(stock);
    for (const { storeId, productCode, quantity, inOms } of found.slice(0, 5)) {
      this.#say(`differs   store ${storeId}, ${productCode}: Smaregi ${quantity}, OMS ${inOms}`);
    }
    this.#say(
      found.length === 0
        ? `equal     all ${stock.length} levels of the OMS are Smaregi's`
        : `NOT EQUAL ${found.length} of ${stock.length} levels differ`,
    );
    return found.length === 0;
  }

  #takenIn(): number {
    return this.#count(`SELECT count(*) FROM file WHERE feed = 'sales'`);
  }

  #open(): number {
    return this.#count(`SELECT count(*) FROM posting WHERE state NOT IN ('posted', 'absorbed')`);
  }

  #counts(): { movements: number; netted: number } {
    return {
      movements: this.#count('SELECT count(*) FROM movement'),
      netted: this.#count('SELECT count(*) FROM call_movement JOIN call ON id = call_id WHERE sent = 0'),
    };
  }

  #count(sql: string): number {
    return this.#service.database.prepare(sql).pluck().get() as number;
  }

  #inDoubt() {
    return listPostings(this.#service.database, { states: ['in-doubt'] }, 2);
  }

  #settle(id: number): void {
    const { database } = this.#service;
    const postings = new PostingRecords(database);
    const decision = { at: this.#clock.now(), who: 'demo', reason: 'seen in the OMS' };
    new Interventions(database, postings, new CallRecords(database, postings)).settle([id], true, decision);
  }
}

/** As a person copies a file: under a name that nobody takes, then renamed. */
function drop(name: string, inbox: string, as: string): void {
  const part = join(inbox, `${as}.part`);
  copyFileSync(join(sampleFolder, name), part);
  renameSync(part, join(inbox, as));
}

function dropText(text: string, inbox: string, as: string): void {
  const part = join(inbox, `${as}.part`);
  writeFileSync(part, text);
  renameSync(part, join(inbox, as));
}

function stockIn(file: string): StockLevel[] {
  return readStock(join(sampleFolder, file));
}
