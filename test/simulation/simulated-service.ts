import type { Configuration } from '../../src/config/configuration.ts';
import type { PackingIngest } from '../../src/intake/packing-ingest.ts';
import { type LedgerRecords, ledgerRecords } from '../../src/ledger/ledger-records.ts';
import type { MovementRecords } from '../../src/ledger/movement-records.ts';
import type { Database } from '../../src/platform/database.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { Problem } from '../../src/platform/problem.ts';
import type { DepartureNotes } from '../../src/posting/departures.ts';
import { omsRecipient } from '../../src/posting/oms-recipient.ts';
import { Poster } from '../../src/posting/poster.ts';
import type { Recipient } from '../../src/posting/recipient.ts';
import { createSendQueue } from '../../src/posting/send-queue.ts';
import type { PackingOptions } from '../../src/posting/start-packing.ts';
import type { ApiRow } from '../../src/smaregi/api-row.ts';
import type { StockRow } from '../../src/smaregi/smaregi-client.ts';
import { ResetWatch } from '../../src/snapshot/reset-watch.ts';
import { Died, type Life } from './life.ts';
import { mortal } from './mortal-database.ts';
import { MortalNotes } from './mortal-notes.ts';
import { stores } from './rows.ts';
import { evidenceOf, omsSettings } from './service-settings.ts';
import { resetRules, timeZone } from './setting.ts';
import { SimulatedConnection } from './simulated-connection.ts';
import { SimulatedDelivery } from './simulated-delivery.ts';
import { SimulatedIntake } from './simulated-intake.ts';
import type { World } from './world.ts';

/** What a test breaks on purpose, to see that the simulation notices. */
export interface Mutation {
  records?: (database: Database, clock: { now(): number }) => LedgerRecords;
  reset?: Partial<Configuration['reset']>;
  packing?: (options: PackingOptions) => PackingOptions;
  packingIngest?: (movements: MovementRecords) => PackingIngest;
  notes?: (life: Life, bootId: string) => DepartureNotes;
  /** What the polls read of Smaregi's history. */
  history?: (change: ApiRow) => ApiRow;
}

function makeNotes(life: Life, bootId: string): DepartureNotes {
  return new MortalNotes(life, bootId);
}

/**
 * One life of the service: its real parts, composed as in src/app.ts, on a ledger that outlives it. What is not real:
 * files are values, the network is a model, and the Reset CSV is looked up in memory.
 */
export class SimulatedService {
  readonly records: LedgerRecords;
  readonly intake: SimulatedIntake;
  readonly #world: World;
  readonly #life: Life;
  readonly #poster: Poster;
  readonly #watch: ResetWatch;
  readonly #delivery: SimulatedDelivery;
  readonly #log: Logger;
  #connection: SimulatedConnection | undefined;

  constructor(world: World, life: Life) {
    this.#world = world;
    this.#life = life;
    const { clock, random, setting, mutation } = world;
    const database = mortal(world.ledger, life);
    const records = (mutation.records ?? ledgerRecords)(database, clock);
    this.records = records;
    const log = reportingLog(life, world);
    this.#log = log;
    const settings = omsSettings(setting);
    const oms = world.network.clientFor(life, settings);
    const reached = life.reached.bind(life);
    const recipient = traced(omsRecipient({ oms, settings, idType: 'UPCA', stores }), world);
    const queue = createSendQueue(settings, clock);
    const beforeRecording = () => this.#watch.openDue();
    const notes = (mutation.notes ?? makeNotes)(life, world.bootId);
    this.#poster = new Poster({ ...records, recipient, queue, notes, clock, random, log, beforeRecording });
    this.#watch = new ResetWatch({
      ...records,
      configuration: {
        reset: { ...resetRules(setting.confirm), ...mutation.reset },
        timeZone,
        oms: settings,
      },
      rows: world.rows,
      evidence: evidenceOf(setting.confirm, world.folder, oms),
      clock,
      log,
      reached,
      onChange: () => this.#poster.wake(),
    });
    this.#delivery = new SimulatedDelivery({ ...records, world, life, watch: this.#watch });
    this.intake = new SimulatedIntake({
      ...records,
      world,
      life,
      onMovements: () => this.#poster.wake(),
      onPackings: () => this.#connection?.wake(),
      onSnapshot: () => this.#delivery.wake(),
    });
  }

  /** In the order of src/app.ts: windows that should be open are, before anything is posted. */
  start(): void {
    try {
      this.#watch.start();
      this.#poster.start();
      this.#connection = this.#connect();
      this.#delivery.start();
      this.intake.wake();
    } catch (error) {
      if (!(error instanceof Died)) this.#world.faults.push(error);
    }
  }

  #connect(): SimulatedConnection | undefined {
    const world = this.#world;
    if (!world.connected) return undefined;
    return new SimulatedConnection({
      ...{ world, connected: world.connected, life: this.#life, records: this.records, log: this.#log },
      onMovements: () => this.#poster.wake(),
    });
  }

  /** Smaregi calls. */
  onWebhook(row: StockRow): void {
    if (!this.#life.isOver) this.#connection?.onWebhook(row);
  }

  /** A file was dropped, or the way to the OMS's folder is open. */
  wake(): void {
    if (this.#life.isOver) return;
    this.intake.wake();
    this.#delivery.wake();
  }
}

/** The model of the OMS knows which call a request belongs to; the OMS does not. */
function traced(recipient: Recipient, { network }: World): Recipient {
  return {
    ...recipient,
    tell: (plan) => network.telling.run(plan.movements[0]?.movementId ?? 0, () => recipient.tell(plan)),
  };
}

/** The log is read for one thing: an error that a living service cannot explain to anybody. */
function reportingLog(life: Life, world: World): Logger {
  const silent = () => {};
  const report = ({ err }: { err?: unknown }) => {
    const isExplained = err === undefined || err instanceof Died || err instanceof Problem;
    if (!isExplained && !life.isOver) world.faults.push(err);
  };
  return { trace: silent, debug: silent, info: silent, warn: report, error: report } as unknown as Logger;
}
