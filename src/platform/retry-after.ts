/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now`: seconds or an HTTP date; a date gone
 * by is 0. Undefined when there is none or it is neither. There is no upper limit: the server knows best.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Z][a-z]+, .* GMT$/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
