import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolders } from '../config/data-folders.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Clock } from '../platform/clock.ts';
import { placeResetFile } from './reset-file.ts';

/** What a sudden end may have left: Reset CSVs not where they belong, and temporary files of ours. */
export async function tidyUp(
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
