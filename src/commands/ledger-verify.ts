import { type Difference, verifyLedger } from '../ledger/verify.ts';
import { exitCode } from '../platform/exit-code.ts';
import { type Command, print, withLedger } from './command-line.ts';

/** More differences than this are counted and not shown. */
const shown = 1_000;

/** Recomputes from facts what the ledger keeps and prints what differs. Changes nothing. */
export function verify(): Command {
  return (context) =>
    withLedger(context, ({ database, postings }) => {
      database.pragma('query_only = ON');
      const differences: Difference[] = [];
      let count = 0;
      const verified = verifyLedger(database, postings, (difference) => {
        count += 1;
        if (differences.length < shown) differences.push(difference);
      });
      const { postings: checked, calls, lines } = verified;
      const what = `${checked} postings, ${calls} calls, ${lines} transaction lines`;
      print(context, { equal: count === 0, ...verified, count, differences }, [
        ...differences.map(({ kind, what: text }) => `${kind}: ${text}`),
        count === 0 ? `equal: ${what}` : `${count} differences in ${what}`,
      ]);
      return count === 0 ? exitCode.done : exitCode.failed;
    });
}
