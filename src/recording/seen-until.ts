/** So far may our clock be ahead of Smaregi's. */
const marginMs = 5_000;
const secondMs = 1_000;

/**
 * Up to when a row is known, of which Smaregi says that it changed last at `updatedAt`. Its times are whole seconds: what
 * was read (`readAt`: when that began) before such a second was over may have changed once more in it, even back to the
 * same level, and is looked at again. Epoch milliseconds.
 */
export function seenUntil(updatedAt: number, readAt: number): number {
  return readAt < updatedAt + secondMs + marginMs ? updatedAt - secondMs : updatedAt;
}
