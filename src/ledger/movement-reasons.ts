import { reasonsByKind } from '../smaregi/stock-division.ts';

/** What of the configuration says under which reason a movement goes to the OMS. */
export interface ReasonSettings {
  oms: { reasons: Record<string, string> } | null;
  smaregi: { reasons: Record<string, string> } | null;
}

/** Variance reasons by kind: one for a kind of Smaregi's own (`smaregi.reasons`) goes before one of `oms.reasons`. */
export function reasonsOf({ oms, smaregi }: ReasonSettings): Record<string, string> {
  return { ...oms?.reasons, ...reasonsByKind(smaregi?.reasons ?? {}) };
}
