import { now } from './browser-clock.js';
import { language, words } from './words.js';

// Figures and moments as people read them, in the retailer's zone.

let timeZone = 'Asia/Tokyo';

/** @param {string} zone */
export function useTimeZone(zone) {
  timeZone = zone;
}

/** @param {number} value */
export function figure(value) {
  return value.toLocaleString(language());
}

/** @param {number} value */
export function signed(value) {
  return value > 0 ? `+${figure(value)}` : figure(value);
}

/** `14:03`, with the day where it is not today. @param {string} iso */
export function clock(iso) {
  const parts = (/** @type {Intl.DateTimeFormatOptions} */ options, /** @type {number} */ at) =>
    new Intl.DateTimeFormat(language(), { timeZone, ...options }).format(at);
  const at = Date.parse(iso);
  const day = /** @type {const} */ ({ month: 'numeric', day: 'numeric' });
  const time = parts({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, at);
  return parts(day, at) === parts(day, now()) ? time : `${parts(day, at)} ${time}`;
}

/** `14:03:20`. @param {string} iso */
export function clockSeconds(iso) {
  const options = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return new Intl.DateTimeFormat(language(), { timeZone, hourCycle: 'h23', ...options }).format(
    Date.parse(iso),
  );
}

/** How long ago, in one unit. @param {string} iso @param {string} until iso */
export function since(iso, until) {
  const minutes = Math.max(0, Math.floor((Date.parse(until) - Date.parse(iso)) / 60_000));
  const { units } = words();
  if (minutes < 120) return units.minute(minutes);
  return minutes < 2_880 ? units.hour(Math.floor(minutes / 60)) : units.day(Math.floor(minutes / 1_440));
}
