import type { ListedPosting } from './posting-list.ts';
import type { PostingState } from './posting-state.ts';

/** A posting replayed this often already is looked at before it is replayed again. */
const replaysWithoutAsking = 2;

export interface ReplayRules {
  /** In doubt: a person says that it was not applied. */
  doubtsNotApplied: boolean;
  /** Posted: the destination lost it. */
  postedAgain: boolean;
  /** Replayed twice already: once more. */
  again: boolean;
}

export type ReplayWay = 'refused' | 'in-doubt' | 'posted';

export interface ReplayPlan {
  chosen: { posting: ListedPosting; way: ReplayWay }[];
  excluded: { posting: ListedPosting; why: string }[];
  /** What the destination's stock changes by, per store and product. */
  net: { storeId: string; productCode: string; quantity: number }[];
}

/** Which of the postings found would be posted again, and which not, and why. Pure. */
export function planReplay(found: readonly ListedPosting[], rules: ReplayRules): ReplayPlan {
  const plan: ReplayPlan = { chosen: [], excluded: [], net: [] };
  for (const posting of found) {
    const verdict = judge(posting, rules);
    if ('way' in verdict) plan.chosen.push({ posting, way: verdict.way });
    else plan.excluded.push({ posting, why: verdict.why });
  }
  plan.net = netOf(plan.chosen.map(({ posting }) => posting));
  return plan;
}

/** Which states are looked through when none is named. */
export function statesToReplay({ doubtsNotApplied, postedAgain }: ReplayRules): PostingState[] {
  if (postedAgain) return ['posted'];
  return doubtsNotApplied ? ['in-doubt'] : ['refused'];
}

/** How long sending it takes at a rate limit, in calls a second; null: none. */
export function secondsToSend(plan: ReplayPlan, requestsPerSecond: number | null): number {
  return requestsPerSecond === null ? 0 : Math.ceil(plan.chosen.length / requestsPerSecond);
}

function judge(posting: ListedPosting, rules: ReplayRules): { way: ReplayWay } | { why: string } {
  const way = wayOf(posting, rules);
  if ('why' in way || rules.again || posting.replays.length < replaysWithoutAsking) return way;
  return { why: `replayed ${posting.replays.length} times already; --again replays it once more` };
}

function wayOf({ state }: ListedPosting, rules: ReplayRules): { way: ReplayWay } | { why: string } {
  switch (state) {
    case 'refused':
      return { way: 'refused' };
    case 'in-doubt':
      return rules.doubtsNotApplied
        ? { way: 'in-doubt' }
        : { why: 'in doubt; --applied no says that it was not applied' };
    case 'posted':
      return rules.postedAgain
        ? { way: 'posted' }
        : { why: 'posted; --posted-again says that it was lost there' };
    case 'absorbed':
      return { why: 'absorbed; a reset contains it' };
    case 'due':
    case 'held':
    case 'waiting':
    case 'sending':
      return { why: `${state}; the service sends it by itself` };
  }
}

function netOf(postings: readonly ListedPosting[]): ReplayPlan['net'] {
  const net = new Map<string, ReplayPlan['net'][number]>();
  for (const { storeId, productCode, quantity, need } of postings) {
    const row = `${storeId} ${productCode}`;
    const before = net.get(row)?.quantity ?? 0;
    // Unknown or nothing needed now: after the replay it is told once more.
    net.set(row, { storeId, productCode, quantity: before + quantity * (need || 1) });
  }
  return [...net.values()].sort((a, b) =>
    `${a.storeId} ${a.productCode}`.localeCompare(`${b.storeId} ${b.productCode}`),
  );
}
