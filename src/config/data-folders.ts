import { constants, mkdirSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, Problem } from '../platform/problem.ts';
import { localDate } from '../platform/time-zone.ts';

/** The folders under `dataDir`; what each holds is in docs/operations.md. */
export interface DataFolders {
  root: string;
  inbox: { inventory: string; sales: string; fulfilled: string };
  work: string;
  outbox: string;
  archive: string;
  rejected: string;
  held: string;
  ledger: string;
}

export function dataFolders(dataDir: string): DataFolders {
  const inbox = join(dataDir, 'inbox');
  return {
    root: dataDir,
    inbox: {
      inventory: join(inbox, 'inventory'),
      sales: join(inbox, 'sales'),
      fulfilled: join(inbox, 'fulfilled'),
    },
    work: join(dataDir, 'work'),
    outbox: join(dataDir, 'outbox'),
    archive: join(dataDir, 'archive'),
    rejected: join(dataDir, 'rejected'),
    held: join(dataDir, 'held'),
    ledger: join(dataDir, 'flagship.db'),
  };
}

/** `archive/YYYY-MM-DD` of a moment (epoch milliseconds), in the retailer's zone. */
export function archiveFolder(folders: DataFolders, at: number, timeZone: string): string {
  return join(folders.archive, localDate(at, timeZone));
}

/**
 * Makes every folder that is not there yet. All must be on one file system, since a file goes from one to the next by
 * a rename: whole or not at all.
 *
 * @throws Problem `data-folder`
 */
export async function prepareFolders(folders: DataFolders): Promise<void> {
  const { root, inbox, work, outbox, archive, rejected, held } = folders;
  for (const folder of [...Object.values(inbox), work, outbox, archive, rejected, held]) {
    try {
      mkdirSync(folder, { recursive: true });
      await access(folder, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw new Problem(
        'data-folder',
        `Folder ${folder} cannot be used: ${messageOf(error)}`,
        'Make it writable for the user that runs Flagship, or choose another dataDir.',
        { cause: error },
      );
    }
    if (statSync(folder).dev === statSync(root).dev) continue;
    throw new Problem(
      'data-folder',
      `Folder ${folder} is on another file system than ${root}.`,
      'All folders under dataDir must be on one. To drop files from elsewhere, copy them into the inbox; to keep the archive elsewhere, move old days there.',
    );
  }
}
