import { readFileSync } from 'node:fs';
import type { Store } from '../config/store-map.ts';
import { parseCsv } from '../csv/parse.ts';
import type { Levels } from './levels.ts';

/** What Smaregi holds of one product in one store. */
export interface StockLevel {
  storeId: string;
  productCode: string;
  quantity: number;
}

/** Reads a list of Smaregi's stock: CSV with the columns storeId, productCode, stockAmount. */
export function readStock(path: string): StockLevel[] {
  const [, ...rows] = parseCsv(readFileSync(path, 'utf8'));
  return rows.map(([storeId = '', productCode = '', stockAmount = '']) => ({
    storeId,
    productCode,
    quantity: Number(stockAmount),
  }));
}

export interface Difference extends StockLevel {
  /** What the OMS holds instead. */
  inOms: number;
}

/** Where the OMS holds something else than Smaregi does. */
export function differences(
  stock: readonly StockLevel[],
  levels: Levels,
  stores: readonly Store[],
  idType: string,
): Difference[] {
  const facilities = new Map(stores.map((store) => [store.storeId, store.facilityId]));
  return stock
    .map((level) => {
      const facility = facilities.get(level.storeId) ?? '';
      return { ...level, inOms: levels.get(facility, { idType, idValue: level.productCode }) };
    })
    .filter(({ quantity, inOms }) => quantity !== inOms);
}
