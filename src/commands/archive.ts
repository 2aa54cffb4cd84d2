import { archiveHistory } from '../ledger/archive.ts';
import { exitCode } from '../platform/exit-code.ts';
import { Problem } from '../platform/problem.ts';
import { fromIso, fromLocal, showLocal } from '../platform/time-zone.ts';
import { type Command, operator, print, withLedger } from './command-line.ts';

/** Moves closed history recorded before a date (in the retailer's zone) into a file of its own. @throws Problem `usage` */
export function archive(date: string, dryRun: boolean): Command {
  return (context) =>
    withLedger(context, async ({ configuration, folders, database }) => {
      const { timeZone } = configuration;
      const before = startOf(date, timeZone);
      const file = `ledger-until-${date}.db`;
      const { environment, clock } = context;
      const who = operator(environment);
      const { movements, calls, openSince } = await archiveHistory({
        database,
        folder: folders.archive,
        file,
        before,
        who,
        clock,
        dryRun,
      });
      const moved = `${movements} movements with ${calls} calls`;
      const lines = dryRun
        ? [`${moved} would move to ${file}; nothing was changed`]
        : [`${moved} moved to ${file}; the ledger keeps its size and uses the room again`];
      if (openSince !== undefined && fromIso(openSince) < before) {
        const since = showLocal(fromIso(openSince), timeZone);
        lines.push(
          `What was recorded or told after ${since} stays: the reset of then is not confirmed ("flagship snapshots").`,
        );
      }
      print(context, { file, before: date, dryRun, movements, calls, openSince: openSince ?? null }, lines);
      return exitCode.done;
    });
}

function startOf(date: string, timeZone: string): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  const midnight = { hour: 0, minute: 0, second: 0 };
  const at =
    year === undefined
      ? undefined
      : fromLocal({ year: Number(year), month: Number(month), day: Number(day), ...midnight }, timeZone);
  if (at !== undefined) return at;
  throw new Problem('usage', `"${date}" is not a date.`, 'Write it as 2026-11-24.');
}
