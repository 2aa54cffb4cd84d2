import { appendFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { dataFolders, prepareFolders } from '../../src/config/data-folders.ts';
import { loadStores } from '../../src/config/store-map.ts';
import { claimedBefore } from '../../src/intake/claimed-file.ts';
import { FileRecords } from '../../src/ledger/file-records.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { SnapshotRecords } from '../../src/ledger/snapshot-records.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { CrashPoint } from '../../src/platform/crash-point.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { InventoryReceiver } from '../../src/snapshot/receive-inventory.ts';
import { makeRetailer, namesIn } from '../support/retailer.ts';

async function makeReceiver(reached: (point: CrashPoint) => void) {
  const retailer = await makeRetailer({ delivery: { type: 'folder', directory: 'incoming' } });
  const configuration = loadConfiguration(retailer.configPath, {});
  const folders = dataFolders(configuration.dataDir);
  await prepareFolders(folders);
  const database = openLedger(folders.ledger);
  onTestFinished(() => void database.close());
  const snapshots = new SnapshotRecords(database);
  const receiver = new InventoryReceiver({
    configuration,
    folders,
    stores: loadStores(configuration.stores),
    database,
    files: new FileRecords(database),
    snapshots,
    clock: systemClock,
    log: createLogger('silent'),
    reached,
    onReady: () => {},
  });
  const receive = async () => {
    const [file] = await claimedBefore('inventory', folders.work);
    if (!file) throw new Error('nothing in work');
    await receiver.receive(file, new AbortController().signal);
  };
  return { folders, snapshots, receive };
}

test('a file that somebody still writes while it is read is read again, whole', async () => {
  let isGrowing = true;
  const { folders, snapshots, receive } = await makeReceiver((point) => {
    if (point === 'converting' && isGrowing) appendFileSync(path, '2,4901234000001,5\n');
    isGrowing = false;
  });
  const path = join(folders.work, 'inventory~0-0~zaiko.csv');
  await writeFile(path, '店舗ID,商品コード,在庫数\n1,4901234000001,3\n');

  await expect(receive()).rejects.toMatchObject({ code: 'input-changed' });
  expect(snapshots.list()).toEqual([]);
  await receive();
  const [snapshot] = snapshots.list();
  expect(snapshot).toMatchObject({ written: 2, state: 'ready' });
  expect(await namesIn(folders.outbox)).toEqual([snapshot?.resetName]);
  expect(await readFile(join(folders.outbox, snapshot?.resetName ?? ''), 'utf8')).toContain(
    '4901234000001,5',
  );
});
