import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveFolder, type DataFolders } from '../config/data-folders.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import type { SnapshotState } from '../ledger/snapshot-state.ts';
import { exists, freePath, syncFolder } from '../platform/durable-file.ts';
import { Problem } from '../platform/problem.ts';

/** The folder in which a snapshot's Reset CSV waits, or undefined when it waits no more and is archived. */
export function waitingFolder(state: SnapshotState, folders: DataFolders): string | undefined {
  if (state === 'held') return folders.held;
  if (state === 'ready' || state === 'delivering') return folders.outbox;
  return undefined;
}

/**
 * Brings a snapshot's Reset CSV to where its state says it belongs. The state is recorded first, so that this may
 * be repeated after a crash, and finds nothing to do when it was done.
 */
export async function placeResetFile(
  snapshot: Pick<Snapshot, 'resetName' | 'state'>,
  folders: DataFolders,
  at: number,
  timeZone: string,
): Promise<void> {
  const target = waitingFolder(snapshot.state, folders);
  for (const folder of [folders.held, folders.outbox]) {
    const path = join(folder, snapshot.resetName);
    if (folder === target || !(await exists(path))) continue;
    const to = target
      ? join(target, snapshot.resetName)
      : await freePath(archiveFolder(folders, at, timeZone), snapshot.resetName);
    await rename(path, to);
    await syncFolder(folder);
    return;
  }
}

/** Where the Reset CSV of a snapshot is now. @throws Problem `reset-file-missing` */
export async function findResetFile(
  { id, resetName }: Pick<Snapshot, 'id' | 'resetName'>,
  folders: DataFolders,
): Promise<string> {
  const days = (await readdir(folders.archive)).sort().reverse();
  const places = [folders.outbox, folders.held, ...days.map((day) => join(folders.archive, day))];
  for (const place of places) {
    const path = join(place, resetName);
    if (await exists(path)) return path;
  }
  throw new Problem(
    'reset-file-missing',
    `The Reset CSV of snapshot ${id}, ${resetName}, is neither in outbox nor in archive.`,
    `Put it back below ${folders.archive} from a backup: without it nobody can say which rows were reset.`,
  );
}
