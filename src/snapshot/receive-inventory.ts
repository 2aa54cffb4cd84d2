import { rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import { resetFileName } from '../hotwax/reset-csv.ts';
import type { FileRecord, FileRecords } from '../ledger/file-records.ts';
import type { NewSnapshot, SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Reached } from '../platform/crash-point.ts';
import type { Database } from '../platform/database.ts';
import { durableRename, exists, freePath, syncFolder, writeDurably } from '../platform/durable-file.ts';
import type { Logger } from '../platform/logger.ts';
import { showLocal } from '../platform/time-zone.ts';
import { takenAtOf } from '../smaregi/file-name.ts';
import type { ConversionReport } from './conversion.ts';
import { convertInWorker } from './convert-in-worker.ts';
import { type GuardFacts, type Hold, holdsOf } from './guards.ts';
import { archiveFolder } from './reset-file.ts';

// One inventory file, from work/ to its end. What is durable after each step, and what a crash leaves:
//
//   1. converted to temporary names in outbox/ and rejected/, flushed   a crash: converted again
//   2. Reset CSV renamed to its name in outbox/ or held/                a crash: converted again, same name and bytes
//   3. file and snapshot recorded, one transaction                      a crash: steps 4 and 5 are done at restart
//   4. rejected rows renamed to their name in rejected/
//   5. the input leaves work/ for archive/ or rejected/                 the end
//
// Delivery looks at the record only, so that nothing goes out before step 3.

/** A file in work/, as intake hands it over. */
export interface InventoryFile {
  name: string;
  workName: string;
  path: string;
  bytes: number;
  /** Epoch milliseconds. */
  modifiedAt: number;
}

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
}

type Converted = Extract<ConversionReport, { outcome: 'converted' }>;

export class InventoryReceiver {
  readonly #options: ReceiveInventoryOptions;

  constructor(options: ReceiveInventoryOptions) {
    this.#options = options;
  }

  /** @throws Problem when our own side fails (disk, worker); the file is then still in work/ */
  async receive(file: InventoryFile, signal: AbortSignal): Promise<void> {
    const known = this.#options.files.byWorkName(file.workName);
    if (known) return this.#finish(file, known);
    const temporary = this.#temporaryPaths(file);
    const report = await this.#convert(file, temporary, signal).catch(async (error: unknown) => {
      await removeFiles(temporary);
      throw error;
    });
    if (report.outcome === 'refused') {
      await this.#record(file, await this.#refusal(file, report));
      return;
    }
    const before = this.#options.files.sameContent('inventory', report.inputSha256, report.contentSha256);
    if (before) {
      await this.#record(file, await this.#repetition(file, report, before));
      return;
    }
    await this.#accept(file, report, temporary);
  }

  #convert(
    file: InventoryFile,
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
    file: InventoryFile,
    report: Converted,
    temporary: { reset: string; rejected: string },
  ): Promise<void> {
    const { folders, configuration, clock, reached, database, files, snapshots, log } = this.#options;
    const takenAt = takenAtOf(file.name, file.modifiedAt, configuration.timeZone);
    const holds = this.#holds(report, takenAt);
    const resetName = this.#freeResetName(takenAt);
    reached('outbox-before-rename');
    await durableRename(temporary.reset, join(holds.length > 0 ? folders.held : folders.outbox, resetName));
    reached('outbox-after-rename');

    const rejectedAs =
      report.rejected > 0 ? await freePath(folders.rejected, `${file.name}.rejected.csv`) : undefined;
    const record = await this.#recordOf(file, report, {
      outcome: 'accepted',
      keptAs: await this.#archivePath(file),
      rejectedAs: rejectedAs ? relative(folders.root, rejectedAs) : null,
    });
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
    this.#logAccepted(log, id, file, report, takenAt, holds);
    await this.#finish(file, record);
    if (holds.length === 0) this.#options.onReady();
  }

  /** Steps 4 and 5, for a file whose record exists. Each may have been done before a crash. */
  async #finish(file: InventoryFile, record: Omit<FileRecord, 'id'>): Promise<void> {
    const { folders } = this.#options;
    const temporary = this.#temporaryPaths(file);
    if (record.rejectedAs && (await exists(temporary.rejected))) {
      await durableRename(temporary.rejected, join(folders.root, record.rejectedAs));
    }
    const kept = join(folders.root, record.keptAs);
    if (record.outcome === 'refused') {
      await writeDurably(`${kept}.reason.txt`, reasonText(file.name, record));
    }
    await rename(file.path, kept);
    await syncFolder(folders.work);
    await removeFiles(temporary);
  }

  async #record(file: InventoryFile, record: Omit<FileRecord, 'id'>): Promise<void> {
    this.#options.files.add(record);
    this.#options.reached('recorded');
    await this.#finish(file, record);
  }

  async #refusal(
    file: InventoryFile,
    report: Extract<ConversionReport, { outcome: 'refused' }>,
  ): Promise<Omit<FileRecord, 'id'>> {
    const { folders, log } = this.#options;
    const kept = await freePath(folders.rejected, file.name);
    log.error(
      { code: report.reason, file: file.name, keptAs: kept },
      `${file.name} is refused: ${report.message}`,
    );
    return this.#recordOf(file, report, {
      outcome: 'refused',
      reason: report.reason,
      message: report.message,
      keptAs: relative(folders.root, kept),
    });
  }

  async #repetition(
    file: InventoryFile,
    report: Converted,
    before: FileRecord,
  ): Promise<Omit<FileRecord, 'id'>> {
    const { log } = this.#options;
    const message = `the same content as ${before.name}, taken in before; nothing is changed`;
    log.warn({ code: 'repeated', file: file.name, sha256: report.inputSha256 }, `${file.name}: ${message}`);
    return this.#recordOf(file, report, {
      outcome: 'repeated',
      message,
      keptAs: await this.#archivePath(file),
    });
  }

  async #recordOf(
    file: InventoryFile,
    report: ConversionReport,
    rest: Pick<FileRecord, 'outcome' | 'keptAs'> & Partial<FileRecord>,
  ): Promise<Omit<FileRecord, 'id'>> {
    return {
      feed: 'inventory',
      workName: file.workName,
      name: file.name,
      bytes: file.bytes,
      sha256: report.inputSha256,
      contentSha256: report.outcome === 'converted' ? report.contentSha256 : null,
      modifiedAt: file.modifiedAt,
      finishedAt: this.#options.clock.now(),
      reason: null,
      message: null,
      rejectedAs: null,
      ...rest,
    };
  }

  #holds(report: Converted, takenAt: number): Hold[] {
    const { snapshots, stores, configuration } = this.#options;
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
      lastDeliveredTakenAt: snapshots.lastDeliveredTakenAt(storeIds),
      expectedStores: snapshots.storesOfPredecessor(storeIds).filter((storeId) => mapped.has(storeId)),
      lastPerStore: snapshots.lastPerStore(),
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

  async #archivePath(file: InventoryFile): Promise<string> {
    const { folders, clock, configuration } = this.#options;
    const folder = archiveFolder(folders, clock.now(), configuration.timeZone);
    return relative(folders.root, await freePath(folder, file.name));
  }

  /** In the folders where the files end up, so that the last step is a rename on one file system. */
  #temporaryPaths(file: InventoryFile): { reset: string; rejected: string } {
    const { folders } = this.#options;
    return {
      reset: join(folders.outbox, `.${file.workName}.tmp`),
      rejected: join(folders.rejected, `.${file.workName}.tmp`),
    };
  }

  #logAccepted(
    log: Logger,
    snapshot: number,
    file: InventoryFile,
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

function reasonText(name: string, record: Pick<FileRecord, 'reason' | 'message'>): string {
  return `${name} was not taken in (${record.reason}).\n\n${record.message}\n\nNothing was sent. Correct the file and drop it again.\n`;
}

async function removeFiles(temporary: { reset: string; rejected: string }): Promise<void> {
  await rm(temporary.reset, { force: true });
  await rm(temporary.rejected, { force: true });
}
