import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import { resetFileName } from '../hotwax/reset-csv.ts';
import { FileEnd, type InputFile } from '../ledger/file-end.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import type { CountRows } from '../ledger/row-count.ts';
import { SnapshotPredecessors } from '../ledger/snapshot-predecessors.ts';
import type { NewSnapshot, SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Reached } from '../platform/crash-point.ts';
import type { Database } from '../platform/database.ts';
import { durableRename } from '../platform/durable-file.ts';
import type { Logger } from '../platform/logger.ts';
import { showLocal } from '../platform/time-zone.ts';
import { takenAtOf } from '../smaregi/file-name.ts';
import type { ConversionReport } from './conversion.ts';
import { convertInWorker } from './convert-in-worker.ts';
import { type GuardFacts, type Hold, holdsOf } from './guards.ts';

// One inventory file, from work/ to its end. What is durable after each step, and what a crash leaves:
//
//   1. converted to temporary names in outbox/ and rejected/, flushed   a crash: converted again
//   2. Reset CSV renamed to its name in outbox/ or held/                a crash: converted again, same name and bytes
//   3. file and snapshot recorded, one transaction                      a crash: step 4 is done at restart
//   4. rejected rows and input put where they are kept                  the end: ledger/file-end.ts
//
// Delivery looks at the record only, so that nothing goes out before step 3.

export interface ReceiveInventoryOptions {
  configuration: Configuration;
  folders: DataFolders;
  stores: Store[];
  database: Database;
  files: FileRecords;
  snapshots: SnapshotRecords;
  clock: Clock;
  log: Logger;
  reached: Reached;
  /** Called when a snapshot has become ready for delivery. */
  onReady: () => void;
  countRows?: CountRows;
}

type Converted = Extract<ConversionReport, { outcome: 'converted' }>;

export class InventoryReceiver {
  readonly #options: ReceiveInventoryOptions;
  readonly #end: FileEnd;
  readonly #predecessors: SnapshotPredecessors;

  constructor(options: ReceiveInventoryOptions) {
    this.#options = options;
    this.#predecessors = new SnapshotPredecessors(options.database);
    const { configuration, folders, files, clock, log, reached } = options;
    const { timeZone } = configuration;
    this.#end = new FileEnd({ feed: 'inventory', timeZone, folders, files, clock, log, reached });
  }

  /** @throws Problem when our own side fails (disk, worker); the file is then still in work/ */
  async receive(file: InputFile, signal: AbortSignal): Promise<void> {
    const known = this.#options.files.byWorkName(file.workName);
    const temporary = this.#temporaryPaths(file);
    if (known) {
      await this.#end.finish(file, known);
      await removeFiles(temporary);
      return;
    }
    const report = await this.#convert(file, temporary, signal).catch(async (error: unknown) => {
      await removeFiles(temporary);
      throw error;
    });
    if (report.outcome === 'refused') {
      await this.#end.refuse(file, { inputSha256: report.inputSha256, contentSha256: null }, report);
      return;
    }
    const before = this.#options.files.sameContent('inventory', report.inputSha256, report.contentSha256);
    if (before) {
      await this.#end.repeat(file, report, before);
      await removeFiles(temporary);
      return;
    }
    await this.#accept(file, report, temporary);
  }

  #convert(
    file: InputFile,
    temporary: { reset: string; rejected: string },
    signal: AbortSignal,
  ): Promise<ConversionReport> {
    const { configuration, stores, reached } = this.#options;
    const { columns, lineEnd, resetByAtp, comments } = configuration.reset;
    return convertInWorker(
      {
        input: file.path,
        inputName: file.name,
        output: temporary.reset,
        rejected: temporary.rejected,
        stores,
        inventory: configuration.inventory,
        reset: { columns, lineEnd, comments, ...(resetByAtp !== undefined && { resetByAtp }) },
        maxUnpackedBytes: configuration.inbox.maxUnpackedMegabytes * 1024 * 1024,
      },
      { signal, reached },
    );
  }

  async #accept(
    file: InputFile,
    report: Converted,
    temporary: { reset: string; rejected: string },
  ): Promise<void> {
    const { folders, configuration, clock, reached, database, files, snapshots, log } = this.#options;
    await this.#end.requireUnchanged(file);
    const takenAt = takenAtOf(file.name, file.modifiedAt, configuration.timeZone);
    const holds = this.#holds(report, takenAt);
    const resetName = this.#freeResetName(takenAt);
    reached('outbox-before-rename');
    await durableRename(temporary.reset, join(holds.length > 0 ? folders.held : folders.outbox, resetName));
    reached('outbox-after-rename');

    const record = await this.#end.acceptance(file, report, { rejected: report.rejected, message: null });
    const snapshot: Omit<NewSnapshot, 'fileId'> = {
      takenAt,
      correction: report.correction,
      resetName,
      resetBytes: report.resetBytes,
      resetSha256: report.resetSha256,
      rows: report.rows,
      written: report.written,
      rejected: report.rejected,
      stores: report.stores,
      state: holds.length > 0 ? 'held' : 'ready',
      reason: holds[0]?.reason ?? null,
    };
    let id = 0;
    database
      .transaction(() => {
        const fileId = files.add(record);
        id = snapshots.add({ ...snapshot, fileId }, clock.now(), 'flagship');
      })
      .immediate();
    reached('recorded');
    const { rows: read, rejectedByReason } = report;
    this.#options.countRows?.({ feed: 'inventory', read, rejectedByReason });
    this.#logAccepted(log, id, file, report, takenAt, holds);
    await this.#end.finish(file, record);
    if (holds.length === 0) this.#options.onReady();
  }

  #holds(report: Converted, takenAt: number): Hold[] {
    const { stores, configuration } = this.#options;
    const warehouse = report.rejectedByReason.warehouse ?? 0;
    const mapped = new Set(
      stores.filter((store) => store.kind !== 'warehouse').map((store) => store.storeId),
    );
    const storeIds = report.stores.map((store) => store.storeId);
    const facts: GuardFacts = {
      takenAt,
      correction: report.correction,
      rows: report.rows - report.totals - warehouse,
      rejected: report.rejected - warehouse,
      stores: report.stores,
      lastDeliveredTakenAt: this.#predecessors.lastDeliveredTakenAt(storeIds),
      expectedStores: this.#predecessors
        .storesOfPredecessor(storeIds)
        .filter((storeId) => mapped.has(storeId)),
      lastPerStore: this.#predecessors.lastPerStore(),
    };
    return holdsOf(facts, configuration.inventory);
  }

  /** Two snapshots never share a name: one second later is free, and the time in it is for people. */
  #freeResetName(takenAt: number): string {
    const { snapshots, configuration } = this.#options;
    for (let second = 0; ; second += 1) {
      const name = resetFileName(takenAt + second * 1000, configuration.timeZone);
      if (!snapshots.resetNameTaken(name)) return name;
    }
  }

  /** In the folders where the files end up, so that the last step is a rename on one file system. */
  #temporaryPaths(file: InputFile): { reset: string; rejected: string } {
    const { folders } = this.#options;
    return {
      reset: join(folders.outbox, `.${file.workName}.tmp`),
      rejected: this.#end.temporaryRejected(file),
    };
  }

  #logAccepted(
    log: Logger,
    snapshot: number,
    file: InputFile,
    report: Converted,
    takenAt: number,
    holds: Hold[],
  ): void {
    const taken = showLocal(takenAt, this.#options.configuration.timeZone);
    const { rows, written, rejected, rejectedByReason, totals, negatives, encoding, shape } = report;
    const figures = { snapshot, file: file.name, takenAt: taken, rows, written, rejected, totals, negatives };
    log.info(
      { ...figures, rejectedByReason, encoding, shape, stores: report.stores.length },
      `${file.name} converted: ${written} rows for ${report.stores.length} stores`,
    );
    if (holds.length === 0) return;
    log.error(
      { code: holds[0]?.reason, snapshot, file: file.name },
      `snapshot ${snapshot} is held: ${holds.map((hold) => hold.message).join('; ')}. ` +
        `Look at the file, then "flagship snapshots release ${snapshot} --reason …" or "… discard …".`,
    );
  }
}

async function removeFiles(temporary: { reset: string; rejected: string }): Promise<void> {
  await rm(temporary.reset, { force: true });
  await rm(temporary.rejected, { force: true });
}
