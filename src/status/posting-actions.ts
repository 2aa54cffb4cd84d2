import type { Store } from '../config/store-map.ts';
import type { CallRecords } from '../ledger/call-records.ts';
import { type Decision, Interventions } from '../ledger/interventions.ts';
import { type ListedPosting, listPostings } from '../ledger/posting-list.ts';
import type { PostingRecords } from '../ledger/posting-records.ts';
import { planReplay, secondsToSend } from '../ledger/replay-plan.ts';
import type { Database } from '../platform/database.ts';
import { namesOf } from './read-situation.ts';

export interface PostingActionRequest {
  action: 'replay' | 'settle-applied' | 'settle-not-applied' | 'write-off';
  ids: readonly number[];
}

/** What a decision would do, for the person who takes it. */
export interface ActionPlan {
  /** The postings or the snapshot that it concerns. */
  ids: number[];
  excluded: { id: number; why: string }[];
  /** Movements that one call told together with the chosen ones: they are settled with them. */
  alsoSettled: number;
  /** What is sent, per store and product. */
  net: { store: string; productCode: string; quantity: number }[];
  /** How long sending it takes at the rate limit. */
  seconds: number;
}

export interface PostingActionPlace {
  database: Database;
  postings: PostingRecords;
  calls: CallRecords;
  requestsPerSecond: number | null;
  stores: readonly Store[];
}

/** A page cannot show more at once. */
const limit = 500;

/** What the decision would do, and how it is done: by the same rules as the command line. */
export function planPostings(
  place: PostingActionPlace,
  { action, ids }: PostingActionRequest,
): { plan: ActionPlan; carryOut(decision: Decision): void } {
  const { database, postings, calls, requestsPerSecond } = place;
  const storeName = namesOf(place.stores);
  const interventions = new Interventions(database, postings, calls);
  const found = listPostings(database, { ids }, limit);
  if (action === 'replay' || action === 'settle-not-applied') {
    const inDoubt = action === 'settle-not-applied';
    const rules = { doubtsNotApplied: inDoubt, postedAgain: false, again: inDoubt };
    const replay = planReplay(inDoubt ? found.filter(isInDoubt) : found, rules);
    const chosen = replay.chosen.map(({ posting }) => posting.id);
    return {
      plan: {
        ids: chosen,
        excluded: replay.excluded.map(({ posting, why }) => ({ id: posting.id, why })),
        alsoSettled: inDoubt ? interventions.settledWith(chosen).length : 0,
        net: replay.net.map(({ storeId, productCode, quantity }) => ({
          store: storeName(storeId),
          productCode,
          quantity,
        })),
        seconds: secondsToSend(replay, requestsPerSecond),
      },
      carryOut: (decision) =>
        inDoubt ? interventions.settle(chosen, false, decision) : interventions.replay(replay, decision),
    };
  }
  const settles = action === 'settle-applied';
  const chosen = found.filter(settles ? isInDoubt : isRefused).map(({ id }) => id);
  return {
    plan: {
      ids: chosen,
      excluded: leftOut(found, chosen),
      alsoSettled: settles ? interventions.settledWith(chosen).length : 0,
      net: [],
      seconds: 0,
    },
    carryOut: (decision) =>
      settles ? interventions.settle(chosen, true, decision) : interventions.writeOff(chosen, decision),
  };
}

function isInDoubt({ state }: ListedPosting): boolean {
  return state === 'in-doubt';
}

function isRefused({ state }: ListedPosting): boolean {
  return state === 'refused';
}

function leftOut(found: readonly ListedPosting[], chosen: readonly number[]): ActionPlan['excluded'] {
  return found.filter(({ id }) => !chosen.includes(id)).map(({ id, state }) => ({ id, why: state }));
}
