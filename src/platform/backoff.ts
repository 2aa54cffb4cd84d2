export interface Backoff {
  firstMs: number;
  maxMs: number;
}

/**
 * How long to wait before try number `attempt` + 1 (`attempt` counts failures so far, from 1): doubling from
 * `firstMs` to `maxMs`, with half of it left to chance so that many waiters do not return together.
 */
export function backoffMs({ firstMs, maxMs }: Backoff, attempt: number, random: () => number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
