/** A call that the OMS may have on record under the same row, reason and quantity. Moments in epoch milliseconds. */
export interface LikeCall {
  id: number;
  sentAt: number;
  /** `applied`: the OMS said so; `not-applied`: certainly not, refused included; `claimed`: a person said either. */
  known: 'applied' | 'not-applied' | 'claimed' | 'doubtful' | 'under-way';
  /** When the OMS's own answer came; undefined where there was none. */
  answeredAt: number | undefined;
}

/** Calls whose traces in the OMS cannot be told apart, and the span of the OMS's clock in which they all lie. */
export interface Episode {
  from: number;
  to: number;
  calls: readonly LikeCall[];
}

export type Verdict =
  | { kind: 'applied' | 'not-applied'; words: string }
  | { kind: 'ambiguous' | 'too-early'; words: string };

/** The OMS's clock and ours are taken to differ by no more; both are set by time servers, which keep within seconds. */
export const clockMarginMs = 2 * 60_000;

/** Calls so long before a doubtful one cannot belong to its episode unless the row never rests. */
export const horizonMs = 24 * 60 * 60_000;

/**
 * The call and every like call whose possible span in the OMS overlaps its own, or one that overlaps it, and so on.
 * `lateMs`: how long after it left a call without an answer may still have been applied.
 */
export function episodeOf(callId: number, calls: readonly LikeCall[], lateMs: number): Episode | undefined {
  const spans = calls
    .map((call) => ({ call, ...spanOf(call, lateMs) }))
    .sort((left, right) => left.from - right.from);
  let episode: { from: number; to: number; calls: LikeCall[] } | undefined;
  for (const { call, from, to } of spans) {
    if (episode && from <= episode.to) {
      episode.calls.push(call);
      episode.to = Math.max(episode.to, to);
      continue;
    }
    if (episode?.calls.some(({ id }) => id === callId)) break;
    episode = { from, to, calls: [call] };
  }
  return episode?.calls.some(({ id }) => id === callId) ? episode : undefined;
}

function spanOf({ sentAt, answeredAt }: LikeCall, lateMs: number): { from: number; to: number } {
  return { from: sentAt - clockMarginMs, to: (answeredAt ?? sentAt + lateMs) + clockMarginMs };
}

/**
 * What `found` records of the OMS within an episode say about its doubtful calls. Only two counts are evidence: as
 * many as were answered (none of the others arrived), or as many as there are calls (all did).
 */
export function verdictOf({ calls }: Episode, found: number): Verdict {
  const count = (known: LikeCall['known']) => calls.filter((call) => call.known === known).length;
  const applied = count('applied');
  const open = count('doubtful') + count('claimed');
  const words = `${found} like records in the OMS; ${applied} calls answered, ${count('doubtful')} in doubt${
    count('claimed') > 0 ? `, ${count('claimed')} settled by hand` : ''
  }`;
  if (count('under-way') > 0) return { kind: 'too-early', words: 'a like call is under way' };
  if (found === applied) return { kind: 'not-applied', words };
  if (found === applied + open) return { kind: 'applied', words };
  return { kind: 'ambiguous', words };
}
