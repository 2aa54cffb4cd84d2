import type { DeliveryPlace } from '../config/configuration.ts';
import type { Clock } from '../platform/clock.ts';
import { openLocalFolder } from './local-folder.ts';
import type { RemoteFolder } from './remote-folder.ts';
import { openSftpFolder } from './sftp-folder.ts';

/**
 * Opens the folder of a delivery place; the caller closes it. Aborting `signal` breaks the connection, also
 * later.
 *
 * @throws Problem `delivery-unreachable`, `delivery-host-key`, `delivery-login`, `secret-missing`
 */
export async function openRemoteFolder(
  place: DeliveryPlace,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<RemoteFolder> {
  return place.type === 'sftp' ? openSftpFolder(place, clock, signal) : openLocalFolder(place);
}
