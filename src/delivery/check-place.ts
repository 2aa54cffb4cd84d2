import { posix } from 'node:path';
import type { DeliveryPlace } from '../config/configuration.ts';
import type { Clock } from '../platform/clock.ts';
import { openRemoteFolder } from './open-folder.ts';
import { type RemoteFolder, requestBytes } from './remote-folder.ts';

// Both are names that the job which collects files there leaves alone.
const trialName = '.flagship-check.part';
const renamedName = '.flagship-checked.part';

/**
 * Tries a delivery place out: connects, logs in, writes a file of `bytes` (or a line), renames it as a delivery
 * would, and removes it. Returns one line that says what was found.
 *
 * @throws Problem `delivery-…` naming what does not work
 */
export async function checkPlace(
  place: DeliveryPlace,
  options: { clock: Clock; signal: AbortSignal; bytes?: number },
): Promise<string> {
  const folder = await openRemoteFolder(place, options);
  try {
    const { length } = await folder.list(folder.directory);
    await tryOut(folder, options.bytes ?? 0);
    const verified = place.type === 'sftp' ? 'host key as configured, logged in, ' : '';
    return `${folder.address}: ${verified}writable, ${length} ${length === 1 ? 'entry' : 'entries'} there`;
  } finally {
    await folder.close();
  }
}

/** As {@link checkPlace}, of a place that is only read: connects, logs in and looks. */
export async function lookAtPlace(
  place: DeliveryPlace,
  options: { clock: Clock; signal: AbortSignal },
): Promise<string> {
  const folder = await openRemoteFolder(place, options);
  try {
    const { length } = (await folder.list(folder.directory)).filter(({ kind }) => kind === 'file');
    return `${folder.address}: readable, ${length} ${length === 1 ? 'file' : 'files'} there`;
  } finally {
    await folder.close();
  }
}

async function tryOut(folder: RemoteFolder, bytes: number): Promise<void> {
  const trial = posix.join(folder.temporaryDirectory, trialName);
  const renamed = posix.join(folder.directory, renamedName);
  await folder.remove(renamed);
  try {
    await folder.write(trial, trialContent(bytes), () => {});
    await folder.rename(trial, renamed);
    await folder.remove(renamed);
  } catch (error) {
    await folder.remove(trial).catch(() => {});
    throw error;
  }
}

async function* trialContent(bytes: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('Written by "flagship check"; may be removed.\n');
  for (let left = bytes; left > 0; left -= requestBytes)
    yield Buffer.alloc(Math.min(left, requestBytes), '\n');
}
