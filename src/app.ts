import { join } from 'node:path';
import { startAlarms } from './alarm/alarm-watch.ts';
import type { Configuration } from './config/configuration.ts';
import { type DataFolders, dataFolders, prepareFolders } from './config/data-folders.ts';
import { type Store, storesFor } from './config/store-map.ts';
import { createOmsClient, type OmsClient } from './hotwax/oms-client.ts';
import { FeedIntake, type Receive } from './intake/feed-intake.ts';
import { FulfilledPickup } from './intake/fulfilled-pickup.ts';
import { watchFolders } from './intake/inbox-watch.ts';
import { FulfilledReceiver } from './intake/receive-fulfilled.ts';
import { SalesReceiver } from './intake/receive-sales.ts';
import { FetchedRecords } from './ledger/fetched-records.ts';
import type { Feed } from './ledger/file-records.ts';
import { type LedgerRecords, ledgerRecords } from './ledger/ledger-records.ts';
import { reasonsOf } from './ledger/movement-reasons.ts';
import { openLedger } from './ledger/open-ledger.ts';
import type { CountRows } from './ledger/row-count.ts';
import type { SnapshotRecords } from './ledger/snapshot-records.ts';
import { startNightly } from './levels/nightly.ts';
import type { Clock } from './platform/clock.ts';
import { carryOn, type Reached } from './platform/crash-point.ts';
import type { Database } from './platform/database.ts';
import { lockInstance } from './platform/instance-lock.ts';
import { type IntegrityCheck, startIntegrityCheck } from './platform/integrity-check.ts';
import type { Logger } from './platform/logger.ts';
import { messageOf, systemCode } from './platform/problem.ts';
import { type SmaregiPolls, startSmaregiPolls } from './polling/smaregi-polls.ts';
import { startPacking } from './posting/start-packing.ts';
import { startPosting } from './posting/start-posting.ts';
import { openSmaregi } from './recording/smaregi-access.ts';
import { InventoryReceiver } from './snapshot/receive-inventory.ts';
import { importLogEvidence, pickupEvidence, type ResetEvidenceSource } from './snapshot/reset-evidence.ts';
import { archivedResetRows } from './snapshot/reset-row-lookup.ts';
import { ResetWatch } from './snapshot/reset-watch.ts';
import { SnapshotDelivery } from './snapshot/snapshot-delivery.ts';
import { tidyUp } from './snapshot/tidy-up.ts';
import { type ServiceFigures, serviceFigures } from './status/service-figures.ts';
import type { SmaregiWebhookOptions } from './status/smaregi-webhook.ts';
import { startStatusServer } from './status/status-server.ts';

export interface ServiceOptions {
  configuration: Configuration;
  clock: Clock;
  log: Logger;
  random?: () => number;
  reached?: Reached;
}

export interface Service {
  folders: DataFolders;
  database: Database;
  snapshots: SnapshotRecords;
  /** Where the status page is, or undefined when none is served. */
  statusUrl: string | undefined;
  /** Resolves with the reason when the service must not go on; never otherwise. */
  failed: Promise<unknown>;
  /** Finishes or puts back what is in hand, until `deadline` is aborted; then everything is closed. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** Everything that the parts of the service share. */
interface Shared extends Required<ServiceOptions>, LedgerRecords {
  folders: DataFolders;
  stores: Store[];
  figures: ServiceFigures;
  countRows: CountRows;
}

/** A part that runs until it is stopped. */
interface Part {
  wake(): void;
  stop(deadline: AbortSignal): Promise<void>;
}

/**
 * The service: everything is made, connected and started here, and stopped in the opposite order.
 *
 * @throws Problem when it cannot start; nothing is left running then
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { configuration } = options;
  const stores = storesFor(configuration);
  const folders = dataFolders(configuration.dataDir);
  await prepareFolders(folders);
  const lock = lockInstance(folders.root);
  try {
    const shared = openShared(options, folders, stores);
    const integrity = startIntegrityCheck(shared.database);
    const service = await startParts(shared);
    return {
      ...service,
      failed: damageFound(integrity, options.log),
      async stop(deadline) {
        integrity.stop();
        await service.stop(deadline);
        shared.database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A damaged ledger stops the service; one that could not be checked does not. */
function damageFound(integrity: IntegrityCheck, log: Logger): Promise<unknown> {
  return new Promise((resolve) => {
    integrity.sound.catch((error: unknown) => {
      if (systemCode(error) !== 'ledger-unchecked') resolve(error);
      else log.warn({ code: 'ledger-unchecked' }, messageOf(error));
    });
  });
}

function openShared(options: ServiceOptions, folders: DataFolders, stores: Store[]): Shared {
  const records = ledgerRecords(openLedger(folders.ledger), options.clock);
  const figures = serviceFigures({ ...options, folders, stores, database: records.database });
  return {
    random: Math.random,
    reached: carryOn,
    ...options,
    folders,
    stores,
    ...records,
    figures,
    countRows: figures.countRows,
  };
}

async function startParts(shared: Shared): Promise<Omit<Service, 'failed'>> {
  const { configuration, folders, snapshots, database, clock, log } = shared;
  await tidyUp(folders, snapshots, clock, configuration.timeZone);
  let polls: SmaregiPolls | undefined;
  const status =
    configuration.status &&
    (await startStatusServer({
      ...shared,
      place: configuration.status,
      timeZone: configuration.timeZone,
      requestsPerSecond: configuration.oms?.requestsPerSecond ?? null,
      meter: shared.figures.meter,
      webhook: webhookOf(configuration, (event) => polls?.onEvent(event)),
    }));
  const onExchange = shared.figures.onOmsExchange;
  const oms = configuration.oms && createOmsClient({ oms: configuration.oms, clock, onExchange });
  let posting: Part | undefined;
  const resets = resetWatch(shared, oms, () => posting?.wake());
  resets.start(); // before anything is posted: windows that should be open are
  if (oms) posting = startPostingTo(oms, shared, resets);
  const access = openSmaregi(shared);
  if (access) polls = startSmaregiPolls({ ...shared, ...access, onMovements: () => posting?.wake() });
  const delivery = new SnapshotDelivery({ ...shared, watch: resets });
  delivery.start();
  const probe = oms ? () => oms.checkToken() : undefined;
  const alarms = startAlarms({ ...shared, omsWatch: shared.figures.omsWatch, probe });
  // Without Smaregi's API packed orders wait in the ledger.
  const packing = access && startPacking({ ...shared, ...access });
  const nightly = startNightly(shared);
  const receivers = {
    inventory: new InventoryReceiver({ ...shared, onReady: () => delivery.wake() }),
    sales: new SalesReceiver({ ...shared, onMovements: () => posting?.wake() }),
    fulfilled: new FulfilledReceiver({ ...shared, onMovements: () => packing?.wake() }),
  };
  const intakes = {
    [folders.inbox.inventory]: startIntake(shared, 'inventory', (...file) =>
      receivers.inventory.receive(...file),
    ),
    [folders.inbox.sales]: startIntake(shared, 'sales', (...file) => receivers.sales.receive(...file)),
    [folders.inbox.fulfilled]: startIntake(shared, 'fulfilled', (...file) =>
      receivers.fulfilled.receive(...file),
    ),
  };
  const pickup = startPickup(shared, () => intakes[folders.inbox.fulfilled]?.wake());
  const watch = watchFolders(
    Object.keys(intakes),
    (folder) => intakes[folder]?.wake(),
    (error) => log.warn({ err: error }, 'the folder watcher failed; the inbox is still looked through'),
  );
  log.info(
    {
      dataDir: folders.root,
      stores: shared.stores.length,
      status: status?.url,
      posting: posting !== undefined,
    },
    `watching ${join(folders.root, 'inbox')}`,
  );
  return {
    folders,
    database,
    snapshots,
    statusUrl: status?.url,
    async stop(deadline) {
      await watch.close();
      await pickup?.stop(deadline);
      await polls?.stop(deadline);
      await Promise.all(Object.values(intakes).map((intake) => intake.stop(deadline)));
      await Promise.all([
        delivery.stop(deadline),
        posting?.stop(deadline),
        packing?.stop(deadline),
        alarms.stop(deadline),
        nightly?.stop(deadline),
      ]);
      await resets.stop(deadline);
      await oms?.close();
      await access?.smaregi.close();
      await status?.stop(deadline);
    },
  };
}

function startIntake(shared: Shared, feed: Feed, receive: Receive): Part {
  const { configuration, folders } = shared;
  const intake = new FeedIntake({
    ...shared,
    feed,
    inbox: folders.inbox[feed],
    work: folders.work,
    settleMs: configuration.inbox.settleSeconds * 1000,
    scanMs: configuration.inbox.scanSeconds * 1000,
    receive,
  });
  intake.start();
  return intake;
}

/** Brings packed orders from the OMS's place into the inbox, where one is configured. */
function startPickup(shared: Shared, onFile: () => void): Part | undefined {
  const { configuration, folders, database, clock, log } = shared;
  const place = configuration.fulfilled;
  if (place === null) return undefined;
  const pickup = new FulfilledPickup({
    place,
    pollSeconds: place.pollSeconds,
    settleMs: configuration.inbox.settleSeconds * 1000,
    inbox: folders.inbox.fulfilled,
    fetched: new FetchedRecords(database),
    clock,
    log,
    onFile,
  });
  pickup.start();
  return pickup;
}

function resetWatch(shared: Shared, oms: OmsClient | null, onChange: () => void): ResetWatch {
  const { configuration, folders, stores } = shared;
  const rows = archivedResetRows({ folders, stores, columns: configuration.reset.columns });
  return new ResetWatch({ ...shared, rows, evidence: evidenceFor(shared, oms), onChange });
}

function evidenceFor(
  { configuration, clock }: Shared,
  oms: OmsClient | null,
): ResetEvidenceSource | undefined {
  switch (configuration.reset.confirm) {
    case 'schedule':
      return undefined;
    case 'pickup':
      return pickupEvidence(configuration.delivery, clock);
    case 'data-manager':
      return oms ? importLogEvidence(oms) : undefined;
  }
}

/** Posting needs an OMS; without one the service does the morning reset alone, and movements wait in the ledger. */
function startPostingTo(oms: OmsClient, shared: Shared, resets: ResetWatch): Part | undefined {
  const { configuration } = shared;
  if (configuration.oms === null) return undefined;
  const settings = { ...configuration.oms, reasons: reasonsOf(configuration) };
  const { idType } = configuration.inventory;
  return startPosting({ ...shared, oms, settings, idType, beforeRecording: () => resets.openDue() });
}

function webhookOf(
  { smaregi }: Configuration,
  onEvent: SmaregiWebhookOptions['onEvent'],
): SmaregiWebhookOptions | undefined {
  if (!smaregi?.webhook) return undefined;
  return { contractId: smaregi.contractId, ...smaregi.webhook, onEvent };
}
