import type { Store } from '../config/store-map.ts';
import { normalised } from '../csv/header.ts';

const date = /^20\d{6}/;

/**
 * The store that a file name gives after `store` (`zaiko_store3_20261124.csv`, `store-TK01.csv`), by id or code; the
 * longest that is known wins. `store` is undefined when the name gives one that is not in the map; the answer is
 * undefined when it gives none (words without a digit and dates are no stores).
 */
export function storeInName(fileName: string, stores: Store[]): { store: Store | undefined } | undefined {
  const keys = stores.flatMap((store) =>
    [store.storeId, store.storeCode].map((key) => ({ key: normalised(key), store })),
  );
  keys.sort((a, b) => b.key.length - a.key.length);
  const name = normalised(fileName);
  let unknown = false;
  for (const { index, 0: word } of name.matchAll(/(?<![a-z])store[-_ ]?/g)) {
    const rest = name.slice(index + word.length);
    const known = keys.find(({ key }) => key !== '' && startsWithWord(rest, key));
    if (known) return { store: known.store };
    const other = /^[a-z]*\d[a-z\d]*/.exec(rest)?.[0];
    if (other !== undefined && !date.test(other)) unknown = true;
  }
  return unknown ? { store: undefined } : undefined;
}

function startsWithWord(text: string, word: string): boolean {
  return text.startsWith(word) && !/[\p{L}\p{N}]/u.test(text.charAt(word.length));
}
