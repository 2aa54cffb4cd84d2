import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from './config/configuration.ts';
import { type DataFolders, dataFolders, prepareFolders } from './config/data-folders.ts';
import { loadStores } from './config/store-map.ts';
import { FeedIntake } from './intake/feed-intake.ts';
import { watchFolders } from './intake/inbox-watch.ts';
import { FileRecords } from './ledger/file-records.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { SnapshotRecords } from './ledger/snapshot-records.ts';
import type { Clock } from './platform/clock.ts';
import { carryOn, type Reached } from './platform/crash-point.ts';
import { checkIntegrity } from './platform/database.ts';
import { type InstanceLock, lockInstance } from './platform/instance-lock.ts';
import type { Logger } from './platform/logger.ts';
import { InventoryReceiver } from './snapshot/receive-inventory.ts';
import { placeResetFile } from './snapshot/reset-file.ts';
import { SnapshotDelivery } from './snapshot/snapshot-delivery.ts';
import { type StatusServer, startStatusServer } from './status/status-server.ts';

export interface ServiceOptions {
  configuration: Configuration;
  clock: Clock;
  log: Logger;
  random?: () => number;
  reached?: Reached;
}

export interface Service {
  folders: DataFolders;
  snapshots: SnapshotRecords;
  /** Where the status page is, or undefined when none is served. */
  statusUrl: string | undefined;
  /** Finishes or puts back what is in hand, until `deadline` is aborted; then everything is closed. */
  stop(deadline: AbortSignal): Promise<void>;
}

/**
 * The service: everything is made, connected and started here, and stopped in the opposite order.
 *
 * @throws Problem when it cannot start; nothing is left running then
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { configuration, clock, log, random = Math.random, reached = carryOn } = options;
  const stores = loadStores(configuration.stores);
  const folders = dataFolders(configuration.dataDir);
  await prepareFolders(folders);
  const lock = lockInstance(folders.root);
  try {
    return await startOn(lock);
  } catch (error) {
    lock.release();
    throw error;
  }

  async function startOn(held: InstanceLock): Promise<Service> {
    const database = openLedger(folders.ledger);
    checkIntegrity(database);
    const files = new FileRecords(database);
    const snapshots = new SnapshotRecords(database);
    await tidyUp(folders, snapshots, clock, configuration.timeZone);

    const delivery = new SnapshotDelivery({ configuration, folders, snapshots, clock, random, log, reached });
    const receiver = new InventoryReceiver({
      configuration,
      folders,
      stores,
      database,
      files,
      snapshots,
      clock,
      log,
      reached,
      onReady: () => delivery.wake(),
    });
    const intake = new FeedIntake({
      feed: 'inventory',
      inbox: folders.inbox.inventory,
      work: folders.work,
      settleMs: configuration.inbox.settleSeconds * 1000,
      scanMs: configuration.inbox.scanSeconds * 1000,
      receive: (file, signal) => receiver.receive(file, signal),
      clock,
      random,
      log,
      reached,
    });
    const status: StatusServer | undefined =
      configuration.status === null
        ? undefined
        : await startStatusServer({ place: configuration.status, configuration, files, snapshots, clock });
    const watch = watchFolders(
      [folders.inbox.inventory],
      () => intake.wake(),
      (error) => log.warn({ err: error }, 'the folder watcher failed; the inbox is still looked through'),
    );
    delivery.start();
    intake.start();
    log.info(
      { dataDir: folders.root, stores: stores.length, status: status?.url },
      `watching ${folders.inbox.inventory}`,
    );

    return {
      folders,
      snapshots,
      statusUrl: status?.url,
      async stop(deadline) {
        await watch.close();
        await Promise.all([intake.stop(deadline), delivery.stop(deadline)]);
        await status?.close();
        database.close();
        held.release();
      },
    };
  }
}

/** What a sudden end may have left: Reset CSVs not where they belong, and temporary files of ours. */
async function tidyUp(
  folders: DataFolders,
  snapshots: SnapshotRecords,
  clock: Clock,
  timeZone: string,
): Promise<void> {
  const inWork = new Set(await readdir(folders.work));
  for (const folder of [folders.outbox, folders.rejected]) {
    for (const name of await readdir(folder)) {
      const workName = /^\.(.+)\.tmp$/s.exec(name)?.[1];
      if (workName !== undefined && !inWork.has(workName)) await rm(join(folder, name));
    }
  }
  for (const folder of [folders.outbox, folders.held]) {
    for (const name of await readdir(folder)) {
      const snapshot = snapshots.byResetName(name);
      if (snapshot) await placeResetFile(snapshot, folders, clock.now(), timeZone);
    }
  }
}
