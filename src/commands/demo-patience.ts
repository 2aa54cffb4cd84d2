import type { Clock } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';

/** Far more than any machine needs; a demo that hangs must end. */
const patienceMs = 60_000;
const lookEveryMs = 20;

/** Waits until `look` gives something, and gives it. @throws Problem `demo-stuck` naming what never happened */
export async function until<Value>(
  clock: Clock,
  what: string,
  look: () => Promise<Value | undefined | false>,
): Promise<Value> {
  const end = clock.now() + patienceMs;
  while (clock.now() < end) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    await clock.sleep(lookEveryMs);
  }
  throw stuck(what);
}

export function stuck(what: string): Problem {
  return new Problem(
    'demo-stuck',
    `It never happened that ${what}.`,
    'Run "npm test"; it says what does not work here.',
  );
}
