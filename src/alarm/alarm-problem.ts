import { keepable } from '../platform/masking.ts';
import { Problem } from '../platform/problem.ts';

/** A channel that could not be told; `secrets` are masked. */
export function notTold(channel: string, why: string, secrets: readonly string[], cause?: unknown): Problem {
  return new Problem(
    'alarm-not-told',
    `${channel} was not told: ${keepable(why, secrets)}`,
    'Correct alarms in the configuration, then try it with "flagship check --alarm". It is tried again.',
    { cause },
  );
}
