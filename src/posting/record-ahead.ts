/** What is recorded ahead leaves within about so long; committing and flushing half of it is a small part of that. */
const soonMs = 24;
/** More at once save no further flush worth speaking of. */
const most = 240;
/** Moments are whole milliseconds: of answers that take less, the mean is known well enough. */
const leastMs = 0.25;

/** What an answer usually takes, after one more that took `tookMs`; undefined: there was none before. */
export function usualMs(before: number | undefined, tookMs: number): number {
  return before === undefined ? tookMs : before + (tookMs - before) / 16;
}

/**
 * How many calls may be recorded before a slot is free for them, so that none is idle during a flush of the ledger:
 * many where answers come fast, none where a flush is nothing beside an answer. Pure.
 */
export function recordAhead({ concurrency, answerMs }: { concurrency: number; answerMs: number }): number {
  return Math.min(most, Math.floor((concurrency * soonMs) / Math.max(answerMs, leastMs)));
}
