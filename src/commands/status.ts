import { join } from 'node:path';
import { loadStores } from '../config/store-map.ts';
import { holdExclusively } from '../platform/database.ts';
import { exitCode } from '../platform/exit-code.ts';
import { fromIso, showLocal } from '../platform/time-zone.ts';
import type { StoreStatus } from '../status/delta-status.ts';
import type { SnapshotBrief } from '../status/snapshot-brief.ts';
import { readStatus } from '../status/status.ts';
import { type Command, print, withLedger } from './command-line.ts';

/** What the status page says, read from the ledger; the service need not run. */
export const status: Command = (context) =>
  withLedger(context, (ledger) => {
    const { configuration, folders } = ledger;
    const stores = loadStores(configuration.stores);
    const now = readStatus({ ...ledger, stores }, configuration, context.clock.now());
    const running = isRunning(folders.root);
    const others = now.findings.slice(1).map(({ text, advice }) => `also: ${text.en} ${advice.en}`.trimEnd());
    const lines = [
      now.sentence,
      ...(now.findings[0]?.advice.en ? [now.findings[0].advice.en] : []),
      running ? 'The service is running.' : 'The service is NOT running: npx pm2 start ecosystem.config.js',
      ...others,
      ...now.undelivered.map((snapshot) => line(snapshot, configuration.timeZone)),
      ...now.held.map((snapshot) => line(snapshot, configuration.timeZone)),
      ...now.refused.map(({ file, reason, message }) => `refused: ${file} (${reason}) ${message}`),
      ...now.stores.flatMap((store) => storeLine(store, configuration.timeZone)),
    ];
    print(context, { ...now, running }, lines);
    return exitCode.done;
  });

function line(snapshot: SnapshotBrief, timeZone: string): string {
  const taken = showLocal(fromIso(snapshot.takenAt), timeZone);
  const why = snapshot.problem
    ? `${snapshot.problem.code}: ${snapshot.problem.message} (${snapshot.problem.attempts} tries)`
    : (snapshot.reason ?? '');
  return `snapshot ${snapshot.id} of ${snapshot.file}, taken ${taken}: ${snapshot.state} ${why}`.trimEnd();
}

/** A store with nothing open needs no line. */
function storeLine(store: StoreStatus, timeZone: string): string[] {
  if (store.oldestUnpostedAt === null) return [];
  const since = showLocal(fromIso(store.oldestUnpostedAt), timeZone);
  const { name, due, held, inDoubt, refused } = store;
  return [
    `${name}: unposted since ${since}; due ${due}, held ${held}, in doubt ${inDoubt}, refused ${refused}`,
  ];
}

function isRunning(dataDir: string): boolean {
  const lock = holdExclusively(join(dataDir, 'flagship.lock'));
  lock?.release();
  return lock === undefined;
}
