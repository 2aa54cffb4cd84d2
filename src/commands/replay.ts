import type { Configuration } from '../config/configuration.ts';
import { Interventions, unknownPosting } from '../ledger/interventions.ts';
import { listPostings } from '../ledger/posting-list.ts';
import {
  planReplay,
  type ReplayPlan,
  type ReplayRules,
  secondsToSend,
  statesToReplay,
} from '../ledger/replay-plan.ts';
import type { Database } from '../platform/database.ts';
import { exitCode } from '../platform/exit-code.ts';
import { Problem } from '../platform/problem.ts';
import { type Command, operator, print, withLedger } from './command-line.ts';
import { type FilterOptions, filterOf } from './posting-filter.ts';

export interface ReplayOptions extends FilterOptions {
  ids: number[];
  applied?: string;
  postedAgain?: boolean;
  again?: boolean;
  dryRun?: boolean;
  reason?: string;
}

/** More than this at once is surely not what was meant; filters narrow it down. */
const limit = 100_000;
/** Of what is excluded, so many are named. */
const namedExclusions = 20;

/** Posts again, on purpose, what the filters find: refused, or in doubt or posted where that is said. */
export function replay(options: ReplayOptions): Command {
  return (context) =>
    withLedger(context, (ledger) => {
      const { database, postings, calls, configuration } = ledger;
      const search = searchOf(options, configuration);
      const reason = options.dryRun ? undefined : requireReason(options.reason);
      const decide = () => {
        const plan = planReplay(listPostings(database, search, limit), search.rules);
        if (reason !== undefined) {
          const decision = { at: context.clock.now(), who: operator(context.environment), reason };
          new Interventions(database, postings, calls).replay(plan, decision);
        }
        return plan;
      };
      requireKnown(options.ids, database);
      // What is found must still be so when it is sent again: somebody else may be replaying the same.
      const plan = reason === undefined ? decide() : database.transaction(decide).immediate();
      const seconds = secondsToSend(plan, configuration.oms?.requestsPerSecond ?? null);
      print(context, document(plan, seconds, options), lines(plan, seconds, options));
      const isRefused = reason !== undefined && plan.chosen.length === 0 && plan.excluded.length > 0;
      return isRefused ? exitCode.refused : exitCode.done;
    });
}

function searchOf(options: ReplayOptions, configuration: Configuration) {
  const filter = filterOf(options, configuration);
  const ids = options.ids.length > 0 ? options.ids : undefined;
  const rules = rulesOf(options);
  return { ...filter, ids, rules, states: filter.states ?? (ids ? undefined : statesToReplay(rules)) };
}

function requireKnown(ids: readonly number[], database: Database): void {
  const known = new Set(listPostings(database, { ids }, ids.length).map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw unknownPosting(unknown);
}

function requireReason(reason: string | undefined): string {
  if (reason) return reason;
  throw new Problem(
    'usage',
    '--reason is missing.',
    'Say why; it is kept with every posting. --dry-run needs none.',
  );
}

function rulesOf(options: ReplayOptions): ReplayRules {
  if (options.applied !== undefined && options.applied !== 'no') {
    throw new Problem(
      'usage',
      '--applied of replay can only be "no".',
      'What was applied is settled: flagship settle ID --applied yes.',
    );
  }
  return {
    doubtsNotApplied: options.applied === 'no',
    postedAgain: options.postedAgain ?? false,
    again: options.again ?? false,
  };
}

function document(plan: ReplayPlan, seconds: number, options: ReplayOptions) {
  return {
    dryRun: options.dryRun ?? false,
    replayed: plan.chosen.map(({ posting, way }) => ({ id: posting.id, key: posting.key, was: way })),
    excluded: plan.excluded.map(({ posting, why }) => ({ id: posting.id, key: posting.key, why })),
    net: plan.net,
    seconds,
  };
}

function lines(plan: ReplayPlan, seconds: number, options: ReplayOptions): string[] {
  const { chosen, excluded, net } = plan;
  const excludedLines = excluded
    .slice(0, namedExclusions)
    .map(({ posting, why }) => `  ${posting.id} ${posting.key}: ${why}`);
  const rest = excluded.length - excludedLines.length;
  return [
    `${options.dryRun ? 'Would post' : 'Posting'} ${chosen.length} again, about ${seconds} s at the rate limit.`,
    ...net.map(
      ({ storeId, productCode, quantity }) =>
        `  store ${storeId}, ${productCode}: ${quantity > 0 ? '+' : ''}${quantity}`,
    ),
    ...(excluded.length > 0 ? [`Left out: ${excluded.length}`, ...excludedLines] : []),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    ...(options.dryRun ? ['Nothing was changed. Leave out --dry-run and give a --reason.'] : []),
  ];
}
