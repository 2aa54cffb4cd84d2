import { type Decision, Interventions } from '../ledger/interventions.ts';
import { exitCode } from '../platform/exit-code.ts';
import { Problem } from '../platform/problem.ts';
import { type Command, operator, print, withLedger } from './command-line.ts';

/** Closes doubts: the destination applied them, or it did not and they are sent again. All of them or none. */
export function settle(ids: number[], applied: string, reason: string): Command {
  if (applied !== 'yes' && applied !== 'no') {
    throw new Problem(
      'usage',
      `--applied must be yes or no, not ${applied}.`,
      'Say whether the OMS (or Smaregi, for packed orders) applied them.',
    );
  }
  const done = applied === 'yes' ? 'settled as applied' : 'settled as not applied; sent again by the service';
  return decide(ids, reason, done, (interventions, decision) =>
    interventions.settle(ids, applied === 'yes', decision),
  );
}

/** Records that refusals need no posting. All of them or none. */
export function writeOff(ids: number[], reason: string): Command {
  return decide(ids, reason, 'written off', (interventions, decision) =>
    interventions.writeOff(ids, decision),
  );
}

/** Records that the OMS has postings twice; the service sends the opposite. All of them or none. */
export function takeBack(ids: number[], reason: string): Command {
  return decide(ids, reason, 'taken back once by the service', (interventions, decision) =>
    interventions.takeBack(ids, decision),
  );
}

function decide(
  ids: number[],
  reason: string,
  done: string,
  apply: (interventions: Interventions, decision: Decision) => void,
): Command {
  return (context) =>
    withLedger(context, ({ database, postings, calls }) => {
      const decision = { at: context.clock.now(), who: operator(context.environment), reason };
      apply(new Interventions(database, postings, calls), decision);
      print(context, { ids, done, reason }, [`${ids.length} posting${ids.length === 1 ? '' : 's'} ${done}.`]);
      return exitCode.done;
    });
}
