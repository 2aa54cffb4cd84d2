import type { DuePosting } from '../ledger/posting-records.ts';

/** One call to make, or one to record without traffic because its movements cancel out. */
export interface CallPlan {
  movements: readonly DuePosting[];
  /** Signed sum of what is needed. 0: nothing to send. */
  quantity: number;
  kind: string;
}

/** The call that tells (or takes back) these movements, all of one row and kind. */
export function planOf(movements: readonly [DuePosting, ...DuePosting[]]): CallPlan {
  return {
    movements,
    quantity: movements.reduce((sum, { quantity, need }) => sum + quantity * need, 0),
    kind: movements[0].kind,
  };
}
