import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { backupDatabase } from '../platform/database.ts';
import { exitCode } from '../platform/exit-code.ts';
import { type Command, print, withLedger } from './command-line.ts';

/** Copies the ledger into a new file while the service goes on. @throws Problem `backup-exists`, `backup-failed` */
export function backup(file: string): Command {
  return (context) =>
    withLedger(context, async ({ database }) => {
      const target = resolve(file);
      const startedAt = context.clock.now();
      await backupDatabase(database, target);
      const seconds = (context.clock.now() - startedAt) / 1000;
      const { size } = await stat(target);
      print(context, { file: target, bytes: size, seconds }, [
        `${target}: ${(size / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s, checked`,
      ]);
      return exitCode.done;
    });
}
