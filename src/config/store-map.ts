import { readFileSync } from 'node:fs';
import { parseCsv } from '../csv/parse.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import type { Configuration } from './configuration.ts';

export type StoreKind = 'store' | 'outlet' | 'warehouse';

/** One line of stores.csv: a Smaregi store and the OMS facility that it is. */
export interface Store {
  storeId: string;
  storeCode: string;
  name: string;
  facilityId: string;
  externalFacilityId: string;
  locationSeqId: string;
  kind: StoreKind;
  /** Whether its stock counts for the consolidated online figure. */
  online: boolean;
}

export const storeColumns = [
  'storeId',
  'storeCode',
  'name',
  'facilityId',
  'externalFacilityId',
  'locationSeqId',
  'kind',
  'online',
] as const;

type StoreColumn = (typeof storeColumns)[number];

/** Reads the store map. All faults at once, each with its line. @throws Problem `stores-invalid` */
export function loadStores(path: string): Store[] {
  let rows: string[][];
  try {
    rows = parseCsv(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (error) {
    throw invalid(path, [messageOf(error)], error);
  }
  const header = (rows.shift() ?? []).map((cell) => cell.trim());
  const absent = storeColumns.filter((column) => !header.includes(column));
  if (absent.length > 0) throw invalid(path, [`line 1: column missing: ${absent.join(', ')}`]);
  const faults: string[] = [];
  const stores = rows.map((row, index) => {
    const cell = (column: StoreColumn) => (row[header.indexOf(column)] ?? '').trim();
    faults.push(...faultsOf(cell).map((fault) => `line ${index + 2}: ${fault}`));
    return storeOf(cell);
  });
  if (stores.length === 0) faults.push('no store in it');
  faults.push(...repeats(stores));
  if (faults.length > 0) throw invalid(path, faults);
  return stores;
}

/** A store by any of its names: Smaregi's id or code, the OMS's facility, or its name. @throws Problem `usage` */
export function findStore(text: string, stores: readonly Store[]): Store {
  const names = ['storeId', 'storeCode', 'facilityId', 'externalFacilityId', 'name'] as const;
  for (const name of names) {
    const found = stores.find((store) => store[name] === text);
    if (found) return found;
  }
  throw new Problem(
    'usage',
    `There is no store "${text}" in the store map.`,
    'Name it by id, code, facility or name.',
  );
}

/**
 * The store map, if it has all that the configuration needs of it.
 *
 * @throws Problem `stores-invalid`
 */
export function storesFor({
  stores: path,
  inventory,
  reset,
}: Pick<Configuration, 'stores' | 'inventory' | 'reset'>): Store[] {
  const stores = loadStores(path);
  const faults = stores.flatMap((store) => withoutFacility(store, reset.columns));
  const wanted = inventory.store;
  if (wanted !== null && !stores.some(({ storeId, storeCode }) => [storeId, storeCode].includes(wanted))) {
    faults.push(`inventory.store of the configuration is "${wanted}", which no line has`);
  }
  if (faults.length > 0) throw invalid(path, faults);
  return stores;
}

/** A row of the Reset CSV must name its facility in one of the columns that it has for that. */
function withoutFacility(store: Store, columns: Configuration['reset']['columns']): string[] {
  if (store.kind === 'warehouse') return [];
  const fields = columns
    .map((column) => (typeof column === 'string' ? column : column.from))
    .filter((field) => field === 'facilityId' || field === 'externalFacilityId');
  if (fields.length === 0 || fields.some((field) => store[field] !== '')) return [];
  return [`store ${store.storeId} has no ${fields.join(' nor ')}, and reset.columns has no other facility`];
}

function storeOf(cell: (column: StoreColumn) => string): Store {
  return {
    storeId: cell('storeId'),
    storeCode: cell('storeCode'),
    name: cell('name'),
    facilityId: cell('facilityId'),
    externalFacilityId: cell('externalFacilityId'),
    locationSeqId: cell('locationSeqId'),
    kind: cell('kind') as StoreKind,
    online: cell('online') === 'yes',
  };
}

function faultsOf(cell: (column: StoreColumn) => string): string[] {
  const faults: string[] = [];
  const kind = cell('kind');
  if (!cell('storeId')) faults.push('storeId is empty');
  if (!['store', 'outlet', 'warehouse'].includes(kind)) {
    faults.push(`kind must be store, outlet or warehouse, not "${kind}"`);
  }
  if (!['yes', 'no'].includes(cell('online')))
    faults.push(`online must be yes or no, not "${cell('online')}"`);
  if (kind !== 'warehouse' && !cell('facilityId') && !cell('externalFacilityId')) {
    faults.push('facilityId and externalFacilityId are both empty');
  }
  return faults;
}

/** What must tell stores apart but does not. */
function repeats(stores: Store[]): string[] {
  const unique = ['storeId', 'storeCode', 'name', 'facilityId', 'externalFacilityId'] as const;
  return unique.flatMap((column) => {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { [column]: value } of stores) {
      if (value && seen.has(value)) twice.add(value);
      seen.add(value);
    }
    return [...twice].map((value) => `${column} "${value}" stands in more than one line`);
  });
}

function invalid(path: string, faults: string[], cause?: unknown): Problem {
  return new Problem(
    'stores-invalid',
    [`Store map ${path}:`, ...faults].join('\n  '),
    `Correct it; its header is ${storeColumns.join(',')}. data/sample/stores.csv is one to copy.`,
    { cause },
  );
}
