import { copyFileSync, renameSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Service } from '../app.ts';
import { CallRecords } from '../ledger/call-records.ts';
import { Interventions } from '../ledger/interventions.ts';
import { listPostings } from '../ledger/posting-list.ts';
import { PostingRecords } from '../ledger/posting-records.ts';
import type { Clock } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import { type RetailerSandbox, sampleFolder } from '../sandbox/retailer-sandbox.ts';
import { differences, readStock } from '../sandbox/smaregi-stock.ts';

const inventoryFile = 'zaiko_20261124_0300.csv';
const salesFiles = [
  ['uriage_20261124_1105.csv', 'the morning'],
  ['uriage_20261124_1135.csv', 'overlaps the first, edits a sale, has its columns in another order'],
  ['uriage_20261124_1105.csv', 'the first once more, as another download'],
  ['uriage_20261124_1205.csv', 'cancels, reverses and takes back'],
] as const;
const stockAtNight = 'smaregi_stock_20261124_0300.csv';
const stockAtNoon = 'smaregi_stock_20261124_1205.csv';

/** Far more than any machine needs; a demo that hangs must end. */
const patienceMs = 60_000;

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
    const stock = readStock(join(sampleFolder, stockAtNight));
    say(
      `before    ${this.#differences(stockAtNight).length} of ${stock.length} levels differ: the OMS knows nothing yet`,
    );
    drop(inventoryFile, folders.inbox.inventory, inventoryFile);
    say(`drop      ${inventoryFile} (CP932, as Smaregi writes it) into inbox/inventory`);
    const { incoming } = this.#world;
    const name = await this.#until('the Reset CSV arrives', async () =>
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
    return this.#compare(stockAtNight);
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
      await this.#until('the file is taken in', async () => this.#takenIn() > index);
    }
    await this.#until('everything is told', async () => this.#open() === this.#inDoubt().length);
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
    return this.#compare(stockAtNoon) && applied === movements - netted;
  }

  #differences(stockFile: string) {
    const stock = readStock(join(sampleFolder, stockFile));
    return differences(stock, this.#world.oms.levels, this.#world.stores, this.#idType);
  }

  #compare(stockFile: string): boolean {
    const found = this.#differences(stockFile);
    for (const { storeId, productCode, quantity, inOms } of found.slice(0, 5)) {
      this.#say(`differs   store ${storeId}, ${productCode}: Smaregi ${quantity}, OMS ${inOms}`);
    }
    const total = readStock(join(sampleFolder, stockFile)).length;
    this.#say(
      found.length === 0
        ? `equal     all ${total} levels of the OMS are Smaregi's`
        : `NOT EQUAL ${found.length} of ${total} levels differ`,
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

  async #until<Value>(what: string, look: () => Promise<Value | undefined | false>): Promise<Value> {
    const end = this.#clock.now() + patienceMs;
    while (this.#clock.now() < end) {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      await this.#clock.sleep(20);
    }
    throw stuck(what);
  }
}

/** As a person copies a file: under a name that nobody takes, then renamed. */
function drop(name: string, inbox: string, as: string): void {
  const part = join(inbox, `${as}.part`);
  copyFileSync(join(sampleFolder, name), part);
  renameSync(part, join(inbox, as));
}

function stuck(what: string): Problem {
  return new Problem(
    'demo-stuck',
    `It never happened that ${what}.`,
    'Run "npm test"; it says what does not work here.',
  );
}
