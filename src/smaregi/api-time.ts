import { TransactionTimes } from './transaction-time.ts';

/** Smaregi's own zone, in which its answers are written; it has no summer time. */
const zone = 'Asia/Tokyo';
const offset = '+09:00';
const offsetMs = 9 * 3_600_000;

const times = new TransactionTimes(zone);

/** A moment as Smaregi writes and takes it: `2026-05-02T13:04:12+09:00`, fractions of a second cut off. */
export function apiTime(epochMs: number): string {
  return `${new Date(epochMs + offsetMs).toISOString().slice(0, 19)}${offset}`;
}

/** The moment in a field of an answer, epoch milliseconds to the second; undefined when it is none. */
export function readApiTime(text: string): number | undefined {
  return times.read(text);
}
