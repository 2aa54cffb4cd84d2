/**
 * When a JSON Web Token ends, by its `exp` claim, in epoch milliseconds; undefined when it is no such token or has
 * no end. The signature is not looked at: that is the OMS's business.
 */
export function tokenExpiresAt(token: string): number | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const seconds = (claims as { exp?: unknown } | null)?.exp;
    return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : undefined;
  } catch {
    return undefined;
  }
}
