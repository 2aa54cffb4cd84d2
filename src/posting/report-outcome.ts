import type { Outcome } from '../platform/call-outcome.ts';
import type { Logger } from '../platform/logger.ts';
import type { CallPlan } from './call-plan.ts';
import type { Recipient } from './recipient.ts';

/** Logs what became of a call, as loudly as somebody has to do something about it. */
export function reportOutcome(
  { recipient, log }: { recipient: Recipient; log: Logger },
  { call, plan, outcome }: { call: number; plan: CallPlan; outcome: Outcome },
): void {
  const [posting] = plan.movements;
  const row = { call, store: posting?.storeId, product: posting?.productCode, quantity: plan.quantity };
  if (outcome.kind === 'refused') {
    log.error({ code: 'posting-refused', ...row }, `${recipient.name} refused a posting: ${outcome.note}`);
  } else if (outcome.kind === 'in-doubt') {
    log.warn(
      { code: 'posting-in-doubt', ...row },
      `nobody can say whether a posting arrived: ${outcome.note}`,
    );
  } else if (outcome.kind === 'unauthorised') {
    log.error(
      { code: recipient.unauthorisedCode, ...row },
      `${recipient.name} does not accept us: ${outcome.note}`,
    );
  } else {
    log.trace(row, outcome.kind);
  }
}
