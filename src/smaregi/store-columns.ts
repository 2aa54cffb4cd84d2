import type { Store } from '../config/store-map.ts';
import { normalised } from '../csv/header.ts';

/** A column with one store's stock; `store` is undefined when the map has no store of that name. */
export interface StoreColumn {
  index: number;
  store: Store | undefined;
}

/** What may follow a store's name in the header of its column, longest first. */
const endings = ['店舗在庫数', '店舗在庫', '在庫数', '在庫', ''];

/** Columns that end in 在庫 and are no store's: totals, limits, and other ways to count. */
const noStore =
  /^((総|全)?(合計|店|店舗|社|国)?|現|実|前日|適正|安全|最低|最小|最大|基準|理論|帳簿|有効|引当|引当可能|繰越)在庫$/;

/** The columns that hold a store's stock, in their order in the file. */
export function storeColumns(
  header: string[],
  stores: Store[],
  taken: (number | undefined)[],
): StoreColumn[] {
  const byName = new Map(stores.map((store) => [compared(store.name), store]));
  byName.delete('');
  return header.flatMap((cell, index): StoreColumn[] => {
    if (taken.includes(index)) return [];
    const store = storeOf(compared(cell), byName) ?? storeOf(compared(withoutLegend(cell)), byName);
    if (store) return [{ index, store }];
    const text = compared(withoutLegend(cell));
    return text.endsWith('在庫') && !noStore.test(text) ? [{ index, store: undefined }] : [];
  });
}

function storeOf(text: string, byName: ReadonlyMap<string, Store>): Store | undefined {
  for (const ending of endings) {
    if (!text.endsWith(ending)) continue;
    const store = byName.get(text.slice(0, text.length - ending.length));
    if (store) return store;
  }
  return undefined;
}

function withoutLegend(header: string): string {
  return header.normalize('NFKC').replace(/[([【<{:].*$/s, '');
}

/** Names are typed by people, with and without blanks between their parts. */
function compared(name: string): string {
  return normalised(name).replaceAll(/\s/g, '');
}
