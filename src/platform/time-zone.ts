import { Temporal } from 'temporal-polyfill';

/** A moment as people at the retailer read it: `2026-11-24 05:30:00` in `timeZone`. */
export function showLocal(epochMs: number, timeZone: string): string {
  const local = at(epochMs, timeZone).toPlainDateTime();
  return local.toString({ smallestUnit: 'second' }).replace('T', ' ');
}

/** `2026-11-24` in `timeZone`. */
export function localDate(epochMs: number, timeZone: string): string {
  return at(epochMs, timeZone).toPlainDate().toString();
}

/** `20261124_053000` in `timeZone`: sorts by time and is safe in file names. */
export function compactLocal(epochMs: number, timeZone: string): string {
  return showLocal(epochMs, timeZone).replaceAll(/[-:]/g, '').replace(' ', '_');
}

/**
 * The moment of a wall-clock time in `timeZone`, or undefined when there is no such date or time. A time that a
 * clock change skips or repeats is taken as the earlier offset gives it ("compatible" in RFC 5545's sense).
 */
export function fromLocal(
  local: { year: number; month: number; day: number; hour: number; minute: number; second: number },
  timeZone: string,
): number | undefined {
  try {
    const plain = Temporal.PlainDateTime.from(local, { overflow: 'reject' });
    return plain.toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return undefined;
  }
}

export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

// The same few moments are often written again and again: of a sale four times, of a call five.
const lately = Array.from({ length: 64 }, () => ({ epochMs: 0, text: new Date(0).toISOString() }));

/** ISO 8601 in UTC with milliseconds: how every moment is stored. Sorts by time. */
export function toIso(epochMs: number): string {
  const slot = lately[epochMs & 63];
  if (slot?.epochMs === epochMs) return slot.text;
  const text = new Date(epochMs).toISOString();
  if (slot) Object.assign(slot, { epochMs, text });
  return text;
}

/** The moment of an ISO 8601 text with a zone. */
export function fromIso(text: string): number {
  return Date.parse(text);
}

/** The next moment, strictly after `after`, at which clocks in `timeZone` show `timeOfDay` (`HH:MM`). */
export function nextTimeOfDay(after: number, timeOfDay: string, timeZone: string): number {
  const time = Temporal.PlainTime.from(timeOfDay);
  const today = at(after, timeZone).toPlainDate();
  for (let days = 0; ; days += 1) {
    const moment = today.add({ days }).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
    if (moment > after) return moment;
  }
}

/** The last moment, at or before `until`, at which clocks in `timeZone` show `timeOfDay` (`HH:MM`). */
export function lastTimeOfDay(until: number, timeOfDay: string, timeZone: string): number {
  const time = Temporal.PlainTime.from(timeOfDay);
  const today = at(until, timeZone).toPlainDate();
  for (let days = 0; ; days += 1) {
    const moment = today.subtract({ days }).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
    if (moment <= until) return moment;
  }
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** The day of the week of a moment in `timeZone`. */
export function weekdayOf(epochMs: number, timeZone: string): (typeof weekdays)[number] {
  return weekdays[at(epochMs, timeZone).dayOfWeek - 1] ?? 'mon';
}

function at(epochMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
}

/**
 * The moment that a person wrote: `2026-11-24`, `2026-11-24 05:30[:00]` (both in `timeZone`), or ISO 8601 with a zone.
 * Undefined when it is none.
 */
export function parseMoment(text: string, timeZone: string): number | undefined {
  if (/T.*(Z|[+-]\d\d:?\d\d)$/i.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : at;
  }
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return fromLocal({ year, month, day, hour, minute, second }, timeZone);
}
