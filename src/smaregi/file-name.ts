import { fromLocal } from '../platform/time-zone.ts';

const dateTime = /(?<!\d)(20\d\d)(\d\d)(\d\d)[T_-]?(\d\d)(\d\d)(\d\d)?(?!\d)/gi;

/**
 * When a Smaregi file was made, in epoch milliseconds: `YYYYMMDD[_-]?HHMM[SS]` anywhere in its name, as clocks in
 * `timeZone` show it, else its modification time.
 */
export function takenAtOf(fileName: string, modifiedAtMs: number, timeZone: string): number {
  for (const [, year, month, day, hour, minute, second] of fileName.matchAll(dateTime)) {
    const local = {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second ?? 0),
    };
    const moment = fromLocal(local, timeZone);
    if (moment !== undefined) return moment;
  }
  return modifiedAtMs;
}
