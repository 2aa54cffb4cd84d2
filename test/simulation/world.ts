import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../../src/platform/database.ts';
import { compactLocal, nextTimeOfDay, showLocal } from '../../src/platform/time-zone.ts';
import type { ResetRowSource } from '../../src/snapshot/reset-row-lookup.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { Connected } from './connected.ts';
import { IncomingFolder, sha256Of } from './incoming-folder.ts';
import { type Death, type DeathPoint, Life } from './life.ts';
import { NetworkModel } from './network-model.ts';
import { OmsModel, type ResetFile } from './oms-model.ts';
import type { FeedFile } from './online-shop-model.ts';
import { ResetJobModel } from './reset-job-model.ts';
import { type Row, rows } from './rows.ts';
import { openingAt, resetRules, type Setting, timeZone } from './setting.ts';
import { type Mutation, SimulatedService } from './simulated-service.ts';
import { type SalesFile, SmaregiModel, type StockChange } from './smaregi-model.ts';
import { statementOf } from './statements.ts';
import { ToldModel } from './told-model.ts';
import { VirtualClock } from './virtual-clock.ts';

const openingStock = 100;
const minuteMs = 60_000;

/** So many turns of the event loop without work: the service waits for time to pass. */
const quietTurns = 8;
/** So many small steps, and then time leaps although postings are due: nothing comes of them for now. */
const patience = 150;

/** An inventory file that was dropped. */
export interface SnapshotDraft {
  name: string;
  file: ResetFile;
  content: Buffer;
  sha256: string;
}

export interface WorldOptions {
  ledger: Database;
  seed: number;
  setting: Setting;
  mutation?: Mutation | undefined;
  /** Is told the story. */
  tell?: ((line: string) => void) | undefined;
}

/** Everything of one history: Smaregi, the OMS, what lies between, and the service that keeps them equal. */
export class World {
  readonly clock = new VirtualClock(openingAt);
  readonly smaregi = new SmaregiModel(openingStock);
  readonly told = new ToldModel();
  readonly oms: OmsModel;
  readonly folder = new IncomingFolder();
  readonly network: NetworkModel;
  /** Smaregi's API and online orders; undefined where sales come in files. */
  readonly connected: Connected | undefined;
  readonly job: ResetJobModel;
  readonly ledger: Database;
  readonly setting: Setting;
  readonly mutation: Mutation;
  readonly random: () => number;
  /** Files that were dropped and are not taken in yet. */
  readonly inbox: (SalesFile | SnapshotDraft | FeedFile)[] = [];
  /** Every sales file that was ever dropped. */
  readonly files: SalesFile[] = [];
  /** How many snapshots may still be delivered. */
  deliveries = 0;
  /** What no model of the world explains. */
  readonly faults: unknown[] = [];
  readonly figures = { operations: 0, crashes: 0 };
  readonly tell: (event: string) => void;
  readonly #drafts = new Map<string, SnapshotDraft>();
  readonly #busy;
  readonly #underWay;
  #life: Life | undefined;
  #service: SimulatedService | undefined;
  #death: Death | undefined;

  constructor({ ledger, seed, setting, mutation = {}, tell }: WorldOptions) {
    this.ledger = ledger;
    this.random = seededRandom(seed);
    this.setting = setting;
    this.mutation = mutation;
    this.tell = tell ? (event) => tell(`${showLocal(this.clock.now(), timeZone)}  ${event}`) : () => {};
    this.oms = new OmsModel(openingStock, setting.resetBy);
    const { clock, oms, folder, random, smaregi } = this;
    const { confirmMarginMinutes, appliesAt } = resetRules(setting.confirm);
    this.job = new ResetJobModel({
      ...{ folder, oms, clock, random, tell: this.tell },
      marginMinutes: confirmMarginMinutes,
      mustWait: (name) => this.network.underWay > 0 && this.stateOf(name) === 'unconfirmed',
    });
    this.network = new NetworkModel({
      ...{ oms, clock, random, tell: this.tell },
      imports: () => this.job.imports,
      longestMs: setting.longestMs,
      callAbout: (movementId) => this.#underWay.get(movementId) as number | undefined,
    });
    if (setting.sales === 'stock-changes') {
      this.connected = new Connected({
        ...{ clock, oms, smaregi, random, ledger, openingStock, tell: this.tell },
        onWebhook: (row) => this.#service?.onWebhook(row),
      });
    }
    this.#busy = statementOf(ledger, `SELECT 1 FROM posting WHERE state IN ('due', 'waiting') LIMIT 1`);
    this.#underWay = statementOf(
      ledger,
      `SELECT max(id) FROM call JOIN call_movement ON call_id = id WHERE movement_id = ? AND outcome = 'unknown'`,
      'pluck',
    );
    if (setting.confirm === 'schedule') this.#runDaily(appliesAt);
  }

  /** What the Reset CSVs of this history say, as a pass over the archived file would. */
  get rows(): ResetRowSource {
    return {
      lookUp: async ({ resetName }, asked) => {
        const levels = this.job.files.get(resetName)?.levels;
        return asked.map((place) => {
          const row = rows.find(
            (one) => one.storeId === place.storeId && one.productCode === place.productCode,
          );
          return { ...place, level: (row && levels?.get(row)) ?? null };
        });
      },
    };
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  /** What Flagship was told of Smaregi's stock. */
  get changesTold(): readonly StockChange[] {
    return this.connected?.told ?? this.told.changes;
  }

  /** Each third death is a power cut. */
  get bootId(): string {
    return `boot-${Math.floor(this.figures.crashes / 3)}`;
  }

  start(): void {
    if (this.#life) return;
    const life = new Life((point) => this.#died(point));
    life.dieAt(this.#death);
    this.#life = life;
    this.tell('Flagship starts');
    this.#service = new SimulatedService(this, life);
    this.#service.start();
  }

  dieAt(death: Death | undefined): void {
    this.#death = death;
    this.#life?.dieAt(death);
  }

  /** The history is over; whatever waits, waits for ever. */
  end(): void {
    if (this.#life) this.#life.isOver = true;
    this.clock.forgetSleepers();
  }

  drop(file: SalesFile): void {
    this.files.push(file);
    this.inbox.push(file);
    this.told.takeIn(file);
    this.wake();
  }

  /** A file of packed orders. */
  dropFeed(file: FeedFile): void {
    this.inbox.push(file);
    this.wake();
  }

  /** All that Smaregi has and no file has told yet, as one file; undefined when there is nothing. */
  untold(): SalesFile | undefined {
    const open = this.smaregi.transactions.filter((transaction) => !this.told.knows(transaction));
    if (open.length === 0) return undefined;
    return { shows: open.map((transaction) => ({ transaction, version: transaction.versions.length - 1 })) };
  }

  /** Smaregi writes an inventory file; the rows without `has` are rejected. It lies in the inbox at once. */
  takeSnapshot(takenAt: number, has: (row: Row) => boolean): ResetFile {
    const name = `reset_inventory_${compactLocal(takenAt, timeZone)}.csv`;
    const levels = new Map(rows.filter(has).map((row) => [row, this.smaregi.stock(row)]));
    const file = { takenAt, levels };
    const content = Buffer.from(name);
    const draft = { name, file, content, sha256: sha256Of(content) };
    this.#drafts.set(name, draft);
    this.job.files.set(name, file);
    this.inbox.push(draft);
    this.wake();
    return file;
  }

  /** The way to the OMS is open for one more snapshot: the next one that is due, now or later. */
  letDeliver(): void {
    this.deliveries += 1;
    this.wake();
  }

  contentOf(name: string): Buffer {
    return this.#drafts.get(name)?.content ?? Buffer.alloc(0);
  }

  /** What the ledger knows of a snapshot: its state, or `picked-up`. */
  stateOf(name: string): string | undefined {
    const state = `SELECT CASE WHEN state = 'delivered' AND picked_up_at IS NOT NULL THEN 'picked-up' ELSE state END
      FROM snapshot WHERE reset_name = ?`;
    return statementOf(this.ledger, state, 'pluck').get(name) as string | undefined;
  }

  /** Something is there for the service to do. */
  wake(): void {
    this.#service?.wake();
  }

  /** The next whole second: Smaregi's times show no less. */
  async nextSecond(): Promise<number> {
    const at = (Math.floor(this.clock.now() / 1_000) + 1) * 1_000;
    await this.passUntil(at);
    return at;
  }

  async pass(ms: number): Promise<void> {
    await this.passUntil(this.clock.now() + ms);
  }

  /** Lets time pass: step by step while something is under way, in leaps while nothing is. */
  async passUntil(until: number): Promise<void> {
    for (let steps = 0; ; steps += 1) {
      await this.rest();
      const now = this.clock.now();
      if (now >= until) return;
      const isBusy = this.#underWayNow() > 0 || (steps < patience && this.#isAtWork());
      const next = isBusy ? this.clock.nextSleeperAt : until;
      this.clock.moveTo(Math.max(now, Math.min(until, next, this.clock.nextEventAt)));
    }
  }

  /** Until everything waits for time to pass. */
  async rest(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; ) {
      const before = this.#activity();
      await nextTurn();
      quiet = this.#activity() === before ? quiet + 1 : 0;
    }
  }

  #underWayNow(): number {
    return this.network.underWay + (this.connected?.api.underWay ?? 0);
  }

  #activity(): number {
    return (this.#life?.uses ?? 0) + this.#underWayNow() * 1_000_003;
  }

  #isAtWork(): boolean {
    return this.isUp && this.#busy.get() !== undefined;
  }

  #runDaily(appliesAt: string): void {
    const at = nextTimeOfDay(this.clock.now(), appliesAt, timeZone);
    const { windowLeadMinutes, confirmMarginMinutes } = resetRules('schedule');
    this.clock.wakeAt(at - windowLeadMinutes * minuteMs);
    this.clock.at(at, () => {
      this.job.takeUp(...this.folder.names);
      this.#runDaily(appliesAt);
    });
    this.clock.wakeAt(at + confirmMarginMinutes * minuteMs + 1);
  }

  #died(point: DeathPoint): void {
    this.figures.crashes += 1;
    this.tell(`Flagship dies (${point})`);
    this.#life = undefined;
    this.#service = undefined;
    this.#death = undefined;
    this.clock.forgetSleepers();
  }
}
