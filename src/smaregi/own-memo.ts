/** How the memo of every stock change that we make begins: it tells our own changes from those of others. */
export const ownMemoPrefix = 'flagship:pack:';

export function isOwnMemo(memo: string): boolean {
  return memo.startsWith(ownMemoPrefix);
}
