import type { Configuration } from '../config/configuration.ts';
import { nextTimeOfDay } from '../platform/time-zone.ts';

/** What is known of a delivered snapshot's way into the OMS. Moments in epoch milliseconds. */
export interface ResetEvidence {
  deliveredAt: number;
  /** When its window opened, if it is open. */
  windowOpenedAt: number | undefined;
  /** When the file was seen to have left the incoming folder. */
  pickedUpAt: number | undefined;
  /** When the OMS finished the file, as its import log says. */
  finishedAt: number | undefined;
}

export type ResetRules = Pick<
  Configuration['reset'],
  'confirm' | 'appliesAt' | 'windowLeadMinutes' | 'confirmMarginMinutes' | 'holdLimitMinutes'
> & { timeZone: string };

export type ResetPhase =
  /** The reset cannot have come yet: sales are posted as ever. */
  | { is: 'before'; opensAt: number }
  /** It comes, or came, and nobody can say: the snapshot's rows are held. Something changes at `until`, if nothing else does. */
  | { is: 'open'; until: number }
  /** It is over; A lies between all calls before the window and all after it. */
  | { is: 'applied'; appliedAt: number; how: string }
  /** Nobody can say, and it cannot be waited for any longer. */
  | { is: 'unconfirmed'; why: string };

const minuteMs = 60_000;

/**
 * Where a delivered snapshot stands at `now`. Pure.
 *
 * `schedule`: the window opens before the OMS's next run after the delivery and ends when that run must be over.
 * `pickup`, `data-manager`: it is opened before the file gets its name and ends with the evidence; evidence without
 * a window that was open all the while would say nothing about the calls since the delivery.
 */
export function resetPhase(evidence: ResetEvidence, rules: ResetRules, now: number): ResetPhase {
  return rules.confirm === 'schedule' ? bySchedule(evidence, rules, now) : byEvidence(evidence, rules, now);
}

/** The run of the OMS's job that reads a file delivered then. */
export function jobAfter(
  deliveredAt: number,
  { appliesAt, timeZone }: Pick<ResetRules, 'appliesAt' | 'timeZone'>,
): number {
  return nextTimeOfDay(deliveredAt, appliesAt, timeZone);
}

function bySchedule({ deliveredAt }: ResetEvidence, rules: ResetRules, now: number): ResetPhase {
  const job = jobAfter(deliveredAt, rules);
  const opensAt = Math.max(deliveredAt, job - rules.windowLeadMinutes * minuteMs);
  if (now < opensAt) return { is: 'before', opensAt };
  const appliedAt = job + rules.confirmMarginMinutes * minuteMs;
  const givesUpAt = opensAt + rules.holdLimitMinutes * minuteMs;
  if (appliedAt <= givesUpAt) {
    return now > appliedAt
      ? { is: 'applied', appliedAt, how: 'by schedule' }
      : { is: 'open', until: appliedAt };
  }
  return now > givesUpAt
    ? { is: 'unconfirmed', why: 'reset.holdLimitMinutes is over before the schedule says that it is applied' }
    : { is: 'open', until: givesUpAt };
}

function byEvidence(evidence: ResetEvidence, rules: ResetRules, now: number): ResetPhase {
  const { windowOpenedAt, pickedUpAt, finishedAt } = evidence;
  if (windowOpenedAt === undefined) {
    return {
      is: 'unconfirmed',
      why: 'it was delivered without a window: calls since then may lie on either side',
    };
  }
  // Nothing is told while the window is open, so that any moment in it is right for the calls; the true one keeps
  // resets in order, however late each was seen.
  if (rules.confirm === 'data-manager' && finishedAt !== undefined) {
    const appliedAt = Math.min(Math.max(windowOpenedAt, finishedAt), now);
    return { is: 'applied', appliedAt, how: 'the OMS says that the import is finished' };
  }
  if (rules.confirm === 'pickup' && pickedUpAt !== undefined) {
    const appliedAt = pickedUpAt + rules.confirmMarginMinutes * minuteMs;
    return now > appliedAt
      ? { is: 'applied', appliedAt, how: 'the OMS took the file' }
      : { is: 'open', until: appliedAt };
  }
  const givesUpAt = windowOpenedAt + rules.holdLimitMinutes * minuteMs;
  return now > givesUpAt
    ? { is: 'unconfirmed', why: `the OMS gave no sign of it for ${rules.holdLimitMinutes} minutes` }
    : { is: 'open', until: givesUpAt };
}
