import { localDate, showLocal } from '../platform/time-zone.ts';
import type { Bilingual } from './bilingual.ts';

// How counts, moments and spans stand in a sentence, in both languages.

const minuteMs = 60_000;

/** `14:03`, with the date where it is not that of `now`. */
export function clockTime(at: number, now: number, timeZone: string): string {
  const local = showLocal(at, timeZone);
  return localDate(now, timeZone) === local.slice(0, 10) ? local.slice(11, 16) : local.slice(5, 16);
}

/** `12 minutes`, `3 hours`, `2 days`: one unit is enough to act on. */
export function span(ms: number): Bilingual {
  const minutes = Math.max(0, Math.floor(ms / minuteMs));
  if (minutes < 1) return { en: 'less than a minute', ja: '1分未満' };
  if (minutes < 120) return { en: plural(minutes, 'minute'), ja: `${minutes}分` };
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return { en: plural(hours, 'hour'), ja: `${hours}時間` };
  const days = Math.floor(hours / 24);
  return { en: plural(days, 'day'), ja: `${days}日` };
}

/** `1 product`, `1,200 products`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
