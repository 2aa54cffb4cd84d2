import { ownMemoPrefix } from '../smaregi/own-memo.ts';

/** Smaregi's limit for a memo. */
const maxChars = 100;

/**
 * What a packing is called in Smaregi's history: `flagship:pack:<order>:<n>`, printable ASCII, at most 100 characters.
 * `n` is the number of the posting, which no other ever has, so that the memo says which it is even where the order's
 * name had to be cut. `generation` counts from 1 and rises when a person says that Smaregi lost what it had accepted:
 * what is then sent is to be told from what was sent before.
 */
export function packingMemo(posting: { movementId: number; key: string }, generation: number): string {
  const order = posting.key.slice(0, Math.max(0, posting.key.indexOf('/')));
  const number = generation === 1 ? `${posting.movementId}` : `${posting.movementId}-${generation}`;
  const room = maxChars - ownMemoPrefix.length - 1 - number.length;
  const ascii = order.replaceAll(/[^!-~]/gu, (char) => encodeURIComponent(char));
  return `${ownMemoPrefix}${ascii.slice(0, room)}:${number}`;
}
