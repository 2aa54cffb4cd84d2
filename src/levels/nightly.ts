import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import type { OmsSettings } from '../hotwax/oms-client.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop } from '../platform/loop.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { nextTimeOfDay } from '../platform/time-zone.ts';
import { omsLevels } from './oms-levels.ts';
import { reconcile } from './reconcile.ts';

export interface NightlyOptions {
  configuration: Configuration;
  folders: DataFolders;
  stores: readonly Store[];
  database: Database;
  clock: Clock;
  log: Logger;
}

/** Compares levels once a day at `reconcile.at`; nothing where that is null or there is no OMS. */
export function startNightly(options: NightlyOptions): Loop | undefined {
  const { configuration, clock, log } = options;
  const { oms } = configuration;
  const { at } = configuration.reconcile;
  if (at === null || oms === null) return undefined;
  let dueAt = nextTimeOfDay(clock.now(), at, configuration.timeZone);
  const loop = new Loop({
    clock,
    everyMs: 60_000,
    async step({ stopping }) {
      const now = clock.now();
      if (now >= dueAt) {
        dueAt = nextTimeOfDay(now, at, configuration.timeZone);
        await compare(options, oms, stopping);
      }
      return dueAt - clock.now();
    },
    onError: (error) => {
      const code = error instanceof Problem ? error.code : 'reconcile-failed';
      log.error({ code, err: error }, `levels were not compared: ${messageOf(error)}`);
    },
  });
  loop.start();
  return loop;
}

async function compare(options: NightlyOptions, oms: OmsSettings, signal: AbortSignal): Promise<void> {
  const { configuration, stores, clock, log } = options;
  const held = omsLevels({ oms, reconcile: configuration.reconcile, stores, clock });
  try {
    const { examples, at, ...found } = await reconcile({ ...options, held, output: undefined, signal });
    const { levels, equal, withinOpen, lost, doubled, changed } = found;
    const line = `${levels} levels compared: ${equal} equal, ${withinOpen} within open postings, ${lost} lost, ${doubled} doubled, ${changed} changed elsewhere`;
    if (lost + doubled + changed > 0) log.warn({ code: 'levels-differ', ...found }, line);
    else log.info(found, line);
  } finally {
    await held.close();
  }
}
