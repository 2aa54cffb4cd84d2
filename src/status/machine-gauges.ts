import { stat, statfs } from 'node:fs/promises';
import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import { tokenExpiresAt } from '../hotwax/token-expiry.ts';
import type { Clock } from '../platform/clock.ts';
import type { Meter } from '../platform/meter.ts';
import type { OmsWatch } from './oms-watch.ts';

/** Figures of the machine and of the way to the OMS. */
export function addMachineGauges(options: {
  meter: Meter;
  folders: DataFolders;
  oms: Configuration['oms'];
  watch: OmsWatch;
  clock: Clock;
}): void {
  const { meter, folders, oms, watch, clock } = options;
  const ledger = meter.gauge('flagship_ledger_bytes', 'Size of the ledger, its log included.');
  const disk = meter.gauge('flagship_disk_free_bytes', 'Room on the disk that holds dataDir.');
  const token = meter.gauge('flagship_oms_token_ends_seconds', 'Time until the token of the OMS ends.');
  const use = meter.gauge(
    'flagship_oms_rate_limit_use_ratio',
    'Deltas a second over the last ten, as a share of oms.requestsPerSecond.',
  );
  const difference = meter.gauge(
    'flagship_oms_clock_difference_seconds',
    "How far the OMS's clock is ahead of ours, by the Date of its last answer.",
  );
  meter.beforeReading(async () => {
    const now = clock.now();
    ledger.set({}, await sizeOf(folders.ledger));
    disk.set({}, await freeBytes(folders.root));
    // What nobody knows is no number: 0 would be an alarm.
    const seconds = (ms: number | undefined) => (ms === undefined ? Number.NaN : ms / 1000);
    const endsAt = tokenEndsAt(oms);
    token.set({}, seconds(endsAt && endsAt - now));
    use.set({}, oms?.requestsPerSecond ? watch.rate(now) / oms.requestsPerSecond : Number.NaN);
    difference.set({}, seconds(watch.clock?.differenceMs));
  });
}

/** Room for us on the file system of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** When a token made by hand ends, epoch milliseconds; one from a log-in is renewed by itself. */
export function tokenEndsAt(oms: Configuration['oms']): number | undefined {
  try {
    return oms?.token && tokenExpiresAt(oms.token.reveal());
  } catch {
    return undefined; // no value: "flagship check" and every call say so
  }
}

async function sizeOf(path: string): Promise<number> {
  const sizes = await Promise.all(
    ['', '-wal'].map(async (end) => (await stat(path + end).catch(() => ({ size: 0 }))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
