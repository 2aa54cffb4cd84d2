/**
 * A call without an answer may have been applied until so many time-outs after it left: a log-in, the request, a new
 * log-in and the request again may each take one.
 */
const lateTimeouts = 4;

/** A recorded call that waits longer than this for its turn, in milliseconds, does not leave any more. */
export const longestWaitMs = 1_000;

/** How long after it was recorded a call of which nobody knows the outcome may still reach the OMS, in milliseconds. */
export function mayArriveMs({ timeoutSeconds }: { timeoutSeconds: number }): number {
  return longestWaitMs + lateTimeouts * timeoutSeconds * 1000;
}
