import type { Outcome } from '../platform/call-outcome.ts';
import { Problem } from '../platform/problem.ts';

/** A generic read of one entity of the OMS (`performFind`). */
export interface Find {
  entityName: string;
  /** Field to value, with OFBiz's suffixes: `x_op`, `x_fld0_value`, `x_fld0_op`, `x_fld1_value`, … */
  inputFields: Readonly<Record<string, string | number | readonly string[]>>;
  fieldList: readonly string[];
  viewSize: number;
  viewIndex?: number;
  /** Such as `lastUpdatedStamp DESC`. */
  orderBy?: string;
}

export interface Found {
  /** How many rows match, on all pages. */
  count: number;
  docs: Record<string, unknown>[];
}

export function findPath({ inputFields, fieldList, ...rest }: Find): string {
  const query = new URLSearchParams({ inputFields: JSON.stringify(inputFields) });
  for (const field of fieldList) query.append('fieldList', field);
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) query.append(key, String(value));
  }
  // Without it a read without conditions finds nothing.
  if (Object.keys(inputFields).length === 0) query.append('noConditionFind', 'Y');
  return `/api/performFind?${query}`;
}

/** The rows in an answer that was not an error; undefined when it has not their shape. `count` may be text. */
export function foundIn(body: string): Found | undefined {
  try {
    const { count, docs } = JSON.parse(body) as Record<string, unknown>;
    if (!Array.isArray(docs)) return undefined;
    const total = Number(count ?? docs.length);
    return { count: Number.isFinite(total) ? total : docs.length, docs };
  } catch {
    return undefined;
  }
}

/** OFBiz answers a search without a hit with an error text. */
export function meansNothingFound(outcome: Outcome): boolean {
  return outcome.kind === 'refused' && /^no records? found/i.test(outcome.note);
}

/** A read of the OMS that failed, for the person who asked. */
export function readProblem(outcome: Outcome, baseUrl: string): Problem {
  const note = 'note' in outcome ? outcome.note : 'an answer without rows';
  switch (outcome.kind) {
    case 'unauthorised':
      return new Problem(
        'oms-unauthorised',
        `${baseUrl} does not accept us: ${note}`,
        'Make a new token in the OMS (Settings, Create JWT Token) or correct oms.login; then "flagship check".',
      );
    case 'refused':
    case 'accepted':
      return new Problem(
        'oms-read-refused',
        `${baseUrl} does not answer the read: ${note}`,
        'Ask HotWax whether our user may read this entity through performFind; set oms.readBack to "off" until then.',
      );
    default:
      return new Problem(
        'oms-unreachable',
        `${baseUrl} could not be read: ${note}`,
        'Check oms.baseUrl and the network, or wait: nothing was changed by the attempt.',
      );
  }
}
