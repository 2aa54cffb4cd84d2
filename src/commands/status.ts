import { join } from 'node:path';
import { holdExclusively } from '../platform/database.ts';
import { exitCode } from '../platform/exit-code.ts';
import { fromIso, showLocal } from '../platform/time-zone.ts';
import { readStatus, type SnapshotBrief } from '../status/status.ts';
import { type Command, print, withLedger } from './command-line.ts';

/** What the status page says, read from the ledger; the service need not run. */
export const status: Command = (context) =>
  withLedger(context, (ledger) => {
    const { configuration, folders } = ledger;
    const now = readStatus(ledger, configuration, context.clock.now());
    const running = isRunning(folders.root);
    const lines = [
      now.sentence,
      running ? 'The service is running.' : 'The service is NOT running: npx pm2 start ecosystem.config.js',
      ...now.undelivered.map((snapshot) => line(snapshot, configuration.timeZone)),
      ...now.held.map((snapshot) => line(snapshot, configuration.timeZone)),
      ...now.refused.map(({ file, reason, message }) => `refused: ${file} (${reason}) ${message}`),
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

function isRunning(dataDir: string): boolean {
  const lock = holdExclusively(join(dataDir, 'flagship.lock'));
  lock?.release();
  return lock === undefined;
}
