import { fromLocal } from '../platform/time-zone.ts';

const pattern =
  /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})[T ] *(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: *(Z|[+-]\d{2}:?\d{2}))?$/i;

const hourMs = 3_600_000;

/** More hours than this in one file is no file of sales; the memory starts anew. */
const maxHours = 20_000;

/**
 * Reads the date-times of one file: `2026/05/02 9:04`, `2026-05-02 09:04:11`, ISO 8601; without a zone they are what
 * clocks in `timeZone` show. Remembers hours, because sales come by the hundred in each.
 */
export class TransactionTimes {
  readonly #timeZone: string;
  /** Where an hour on the clock begins, in epoch milliseconds; undefined when it has no 60 minutes or does not exist. */
  readonly #hours = new Map<string, number | undefined>();
  #lastText = '';
  #last: number | undefined;

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** Epoch milliseconds, to the second; undefined when the text is no moment that exists. */
  read(text: string): number | undefined {
    if (text !== this.#lastText) {
      this.#last = this.#parse(text);
      this.#lastText = text;
    }
    return this.#last;
  }

  #parse(text: string): number | undefined {
    const match = pattern.exec(text);
    if (!match) return undefined;
    const [, year = '', , month = '', day = '', hour = '', minute = '', second = '0', zone] = match;
    if (Number(minute) > 59 || Number(second) > 59) return undefined;
    const within = (Number(minute) * 60 + Number(second)) * 1000;
    const local = {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: 0,
      second: 0,
    };
    if (zone !== undefined) {
      const start = fromHourInUtc(local);
      const offset = offsetMs(zone);
      return start === undefined || offset === undefined ? undefined : start + within - offset;
    }
    const start = this.#hourStart(`${year}/${month}/${day}/${hour}`, local);
    if (start !== undefined) return start + within;
    return fromLocal({ ...local, minute: Number(minute), second: Number(second) }, this.#timeZone);
  }

  #hourStart(key: string, local: Parameters<typeof fromLocal>[0]): number | undefined {
    if (this.#hours.has(key)) return this.#hours.get(key);
    const start = fromLocal(local, this.#timeZone);
    const end = fromLocal({ ...local, minute: 59, second: 59 }, this.#timeZone);
    const whole = start !== undefined && end === start + hourMs - 1000 ? start : undefined;
    if (this.#hours.size >= maxHours) this.#hours.clear();
    this.#hours.set(key, whole);
    return whole;
  }
}

function fromHourInUtc({ year, month, day, hour }: Parameters<typeof fromLocal>[0]): number | undefined {
  const start = Date.UTC(year, month - 1, day, hour);
  const date = new Date(start);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  return exists ? start : undefined;
}

function offsetMs(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
