import type { Alarm, Notice } from '../ledger/alarm-records.ts';
import { showLocal, toIso } from '../platform/time-zone.ts';

/** What one message says: every notice that a channel has not heard of, in one go. */
export interface Message {
  subject: string;
  lines: string[];
  /** Everything that is known, for machines. */
  document: object;
}

/** A storm of alarms is one message of so many lines; the rest is counted. */
const maxLines = 30;

/** The message about these notices. */
export function messageOf(
  notices: readonly Notice[],
  { now, timeZone }: { now: number; timeZone: string },
): Message {
  const clock = (at: number) => showLocal(at, timeZone).slice(0, 16);
  const lines = notices.map(({ alarm, what }) =>
    what === 'start'
      ? `ALARM ${alarm.code}: ${alarm.message}`
      : `over: ${alarm.code}${alarm.subject ? ` (${alarm.subject})` : ''}, from ${clock(alarm.startedAt)} to ${clock(alarm.endedAt ?? now)}`,
  );
  const started = notices.filter(({ what }) => what === 'start').map(({ alarm }) => alarm.code);
  const subject =
    started.length > 0 ? `Flagship: ${[...new Set(started)].join(', ')}` : 'Flagship: alarm over';
  const more = lines.length - maxLines;
  return {
    subject,
    lines: more > 0 ? [...lines.slice(0, maxLines), `and ${more} more`] : lines,
    document: {
      source: 'flagship',
      at: toIso(now),
      alarms: notices.map(({ alarm, what }) => ({ what, ...plain(alarm) })),
    },
  };
}

/** The message with which a person tries the channels. */
export function testMessage(now: number): Message {
  return {
    subject: 'Flagship: test',
    lines: ["This is a test of Flagship's alarms. Nothing is wrong."],
    document: { source: 'flagship', at: toIso(now), test: true, alarms: [] },
  };
}

function plain({ code, subject, message, startedAt, endedAt }: Alarm) {
  return {
    code,
    subject,
    message,
    startedAt: toIso(startedAt),
    endedAt: endedAt === undefined ? null : toIso(endedAt),
  };
}
