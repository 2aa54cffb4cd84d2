import { readFileSync } from 'node:fs';
import { benchStores } from '../inventory-file.ts';

// The work, for peers in JavaScript that hold rows of strings: which cells, which store, what is left out.

export const resetHeader = [
  'facilityId',
  'externalFacilityId',
  'locationSeqId',
  'idType',
  'idValue',
  'availableQty',
];

export function isWide(input: string): boolean {
  return input.includes('wide');
}

export function encodingOf(input: string): 'shift_jis' | 'utf-8' {
  return input.includes('cp932') ? 'shift_jis' : 'utf-8';
}

/** Where the quoted name of a column stands in the first line. */
export function headerOf(input: string): string[] {
  const [first = ''] = new TextDecoder(encodingOf(input))
    .decode(readFileSync(input).subarray(0, 4_096))
    .split('\r\n');
  return first.split(',').map((cell) => cell.replaceAll('"', ''));
}

/** Turns the rows below the header into rows of the Reset CSV. */
export function planOf(header: string[]): (cells: string[]) => string[][] {
  const stores = benchStores(30);
  const seen = new Set<string>();
  const code = header.indexOf('商品コード');
  const places = stores.map((store) => header.indexOf(`${store.name}在庫`));
  const one = (store: (typeof stores)[number] | undefined, product: string, quantity: string) => {
    if (!store || !/^-?\d+$/.test(quantity)) return [];
    const key = `${store.storeId}/${product}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const { facilityId, externalFacilityId, locationSeqId } = store;
    return [[facilityId, externalFacilityId, locationSeqId, 'UPCA', product, quantity]];
  };
  if (places[0] !== -1) {
    return (cells) =>
      stores.flatMap((store, index) =>
        one(store, cells[code]?.trim() ?? '', cells[places[index] ?? -1] ?? ''),
      );
  }
  const byId = new Map(stores.map((store) => [store.storeId, store]));
  const [id, quantity] = [header.indexOf('店舗ID'), header.indexOf('在庫数')];
  return (cells) => one(byId.get(cells[id] ?? ''), cells[code]?.trim() ?? '', cells[quantity] ?? '');
}
