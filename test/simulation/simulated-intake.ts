import { setImmediate as nextTurn } from 'node:timers/promises';
import { FulfilledReading, type PackedGroup } from '../../src/intake/fulfilled-reading.ts';
import { PackingIngest } from '../../src/intake/packing-ingest.ts';
import type { LedgerRecords } from '../../src/ledger/ledger-records.ts';
import { SalesIngest } from '../../src/recording/sales-ingest.ts';
import { SalesTally } from '../../src/recording/sales-tally.ts';
import { type TransactionLayout, transactionLayoutOf } from '../../src/smaregi/transaction-columns.ts';
import { type TransactionLine, TransactionLines } from '../../src/smaregi/transaction-line.ts';
import { Died, type Life } from './life.ts';
import { cellsOfFeed, type FeedFile, feedHeader } from './online-shop-model.ts';
import { stores } from './rows.ts';
import { timeZone } from './setting.ts';
import { cellsOf, type SalesFile, salesHeader } from './smaregi-model.ts';
import type { SnapshotDraft, World } from './world.ts';

const salesLayout = layoutOf(salesHeader);

function layoutOf(header: string[]): TransactionLayout {
  const found = transactionLayoutOf(header);
  if (!('layout' in found)) throw new Error('the header is not understood');
  return found.layout;
}

interface IntakeOptions extends Pick<LedgerRecords, 'database' | 'movements' | 'files' | 'snapshots'> {
  world: World;
  life: Life;
  onMovements: () => void;
  onPackings: () => void;
  onSnapshot: () => void;
}

/** Takes dropped files in, one after the other; one that a death interrupted is taken again from its start. */
export class SimulatedIntake {
  readonly #options: IntakeOptions;
  #underWay: Promise<void> | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#underWay ??= this.#takeFiles()
      .catch((error: unknown) => {
        if (!(error instanceof Died)) this.#options.world.faults.push(error);
      })
      .finally(() => {
        this.#underWay = undefined;
      });
  }

  async #takeFiles(): Promise<void> {
    const { world, life, onSnapshot } = this.#options;
    for (let file = world.inbox[0]; file; file = world.inbox[0]) {
      if ('shows' in file) await this.#takeSales(file);
      else if ('packed' in file) this.#takeFeed(file);
      else this.#takeSnapshot(file);
      // The file leaves the inbox when it is recorded as finished; dead by now, it is found there again.
      life.reached('recorded');
      world.inbox.shift();
      onSnapshot();
    }
  }

  /** As src/intake/receive-sales.ts does, with one transaction of the till to one of the ledger. */
  async #takeSales(file: SalesFile): Promise<void> {
    const { world, movements } = this.#options;
    const reader = new TransactionLines(salesLayout, [...stores], world.clock.now(), timeZone);
    const ingest = new SalesIngest(movements, new SalesTally(), false);
    const lines = cellsOf(file).map((cells): TransactionLine => {
      const verdict = reader.decide({ cells });
      if (verdict.outcome !== 'line') throw new Error(`a row is not taken: ${cells.join(',')}`);
      return verdict.line;
    });
    for (const run of runsOf(lines)) {
      await this.#commit(() => movements.together(() => ingest.takeAll(run)));
    }
    for (const piece of ingest.settle(true)) await this.#commit(() => movements.together(piece));
  }

  /** As src/intake/receive-fulfilled.ts does, without the record of the file: a repeat is told by its totals. */
  #takeFeed(file: FeedFile): void {
    const { world, database, movements, onPackings } = this.#options;
    const ingest = (world.mutation.packingIngest ?? ((of) => new PackingIngest(of)))(movements);
    const packed = groupsOf(file).filter(({ total }) => ingest.verdictOn(total) === 'new');
    const now = world.clock.now();
    database
      .transaction(() => {
        for (const { total } of packed) ingest.pack(total, { packedAt: now, now });
      })
      .immediate();
    if (packed.length > 0) onPackings();
  }

  /** As src/snapshot/receive-inventory.ts does with a file that no guard holds. */
  #takeSnapshot({ name, file, content, sha256 }: SnapshotDraft): void {
    const { world, database, files, snapshots } = this.#options;
    if (snapshots.byResetName(name)) return;
    const counts = stores.map(({ storeId }) => {
      const levels = [...file.levels].filter(([row]) => row.storeId === storeId).map(([, level]) => level);
      return { storeId, rows: levels.length, units: levels.reduce((sum, level) => sum + level, 0) };
    });
    const at = world.clock.now();
    const work = () => {
      const fileId = files.add({
        feed: 'inventory',
        workName: name,
        name,
        bytes: content.length,
        sha256,
        contentSha256: null,
        modifiedAt: file.takenAt,
        finishedAt: at,
        outcome: 'accepted',
        reason: null,
        message: null,
        keptAs: name,
        rejectedAs: null,
      });
      const made = {
        fileId,
        takenAt: file.takenAt,
        correction: false,
        resetName: name,
        resetBytes: content.length,
        resetSha256: sha256,
        rows: file.levels.size,
        written: file.levels.size,
        rejected: 0,
        stores: counts.filter(({ rows }) => rows > 0),
        state: 'ready' as const,
        reason: null,
      };
      snapshots.add(made, at, 'flagship');
    };
    database.transaction(work).immediate();
  }

  async #commit(work: () => void): Promise<void> {
    const { database, life, onMovements } = this.#options;
    database.transaction(work).immediate();
    life.reached('ingesting');
    onMovements();
    await nextTurn();
  }
}

function groupsOf(file: FeedFile): PackedGroup[] {
  const reading = new FulfilledReading({ stores, onHeader: () => {}, reject: () => {} });
  for (const [index, cells] of [feedHeader, ...cellsOfFeed(file)].entries()) {
    reading.take({ line: index + 1, cells });
  }
  return [...reading.groups];
}

/** The rows of each transaction; they follow each other in the file. */
function runsOf(lines: readonly TransactionLine[]): TransactionLine[][] {
  const runs: TransactionLine[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.[0]?.transactionId === line.transactionId) run.push(line);
    else runs.push([line]);
  }
  return runs;
}
