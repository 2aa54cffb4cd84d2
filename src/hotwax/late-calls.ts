/**
 * A call without an answer may have been applied until so many time-outs after it was recorded: a log-in, the request,
 * a new log-in and the request again may each take one.
 */
const lateTimeouts = 4;

/** How long after it was recorded a call of which nobody knows the outcome may still reach the OMS, in milliseconds. */
export function mayArriveMs({ timeoutSeconds }: { timeoutSeconds: number }): number {
  return lateTimeouts * timeoutSeconds * 1000;
}
