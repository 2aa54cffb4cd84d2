import { type Store, type StoreKind, storeColumns } from '../../src/config/store-map.ts';
import { plainLine } from './csv-lines.ts';

/** The sample retailer's places: eight stores, an outlet, a warehouse. */
export const sampleStores: readonly Store[] = [
  place('1', 'TK01', '原宿本店', 'CAP_HARAJUKU'),
  place('2', 'TK02', '渋谷店', 'CAP_SHIBUYA'),
  place('3', 'TK03', '新宿店', 'CAP_SHINJUKU'),
  place('5', 'KN01', '横浜店', 'CAP_YOKOHAMA'),
  place('8', 'AI01', '名古屋店', 'CAP_NAGOYA'),
  place('12', 'OS01', '心斎橋店', 'CAP_SHINSAIBASHI'),
  place('20', 'FK01', '福岡店', 'CAP_FUKUOKA'),
  place('21', 'HK01', '札幌店', 'CAP_SAPPORO'),
  place('30', 'SZ01', '御殿場アウトレット店', 'CAP_GOTEMBA_OUTLET', 'outlet'),
  place('90', 'WH01', '川崎倉庫', 'CAP_KAWASAKI_WAREHOUSE', 'warehouse'),
];

export function storesCsv(): string {
  const lines = sampleStores.map((store) =>
    storeColumns.map((column) => (column === 'online' ? (store.online ? 'yes' : 'no') : store[column])),
  );
  return [storeColumns, ...lines].map((line) => `${plainLine(line)}\n`).join('');
}

function place(
  storeId: string,
  storeCode: string,
  name: string,
  facilityId: string,
  kind: StoreKind = 'store',
): Store {
  return {
    storeId,
    storeCode,
    name,
    facilityId,
    externalFacilityId: storeId,
    locationSeqId: 'TLTLTLLL01',
    kind,
    online: kind === 'store',
  };
}
