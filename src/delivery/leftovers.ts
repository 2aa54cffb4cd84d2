import { posix } from 'node:path';
import type { RemoteFolder } from './remote-folder.ts';
import { isTemporaryName } from './temporary-name.ts';

/**
 * Removes temporary files that an interrupted delivery left behind, and returns their names. Only names of the
 * kind that we give, and of those only the ones for which `isOurs` answers true: another Flagship may deliver
 * into the same folder.
 */
export async function removeLeftovers(
  folder: RemoteFolder,
  isOurs: (temporaryName: string) => boolean,
): Promise<string[]> {
  const entries = await folder.list(folder.temporaryDirectory);
  const leftovers = entries
    .filter(({ kind, name }) => kind === 'file' && isTemporaryName(name) && isOurs(name))
    .map(({ name }) => name);
  for (const name of leftovers) await folder.remove(posix.join(folder.temporaryDirectory, name));
  return leftovers;
}
