import type { ResetBase } from './need.ts';

/** A reset as a movement sees it. `contained`: whether its Reset CSV has the row; undefined: nobody looked yet. */
export interface ResetFact extends ResetBase {
  contained: boolean | undefined;
}

/** The reset that counts for a movement (none: undefined), or `unanswered`: that hangs on a row nobody looked up. */
export type BaseVerdict = { base: ResetBase | undefined } | 'unanswered';

/**
 * Which reset was last applied to a movement's row: the one of greatest A, and of greatest T among those. Pure.
 *
 * A Reset CSV is looked through only for rows where it matters: `differs` says whether a movement would be judged
 * otherwise under one base than under the other. Where it would not, the question is not asked.
 */
export function baseOf(
  resets: readonly ResetFact[],
  differs: (one: ResetBase | undefined, other: ResetBase) => boolean,
): BaseVerdict {
  let verdict: BaseVerdict = { base: undefined };
  for (const reset of [...resets].sort(inOrderOfApplication)) {
    if (reset.contained === true) verdict = { base: reset };
    else if (reset.contained === undefined && verdict !== 'unanswered' && differs(verdict.base, reset)) {
      verdict = 'unanswered';
    }
  }
  return verdict;
}

export function inOrderOfApplication(one: ResetBase, other: ResetBase): number {
  return one.appliedAt - other.appliedAt || one.takenAt - other.takenAt;
}
