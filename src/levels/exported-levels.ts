import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Store } from '../config/store-map.ts';
import { findNamed } from '../csv/header.ts';
import { RecordReader } from '../csv/record-reader.ts';
import { recordsOfFile } from '../csv/records-of-file.ts';
import { type Database, openScratch } from '../platform/database.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { cleanProductCode } from '../smaregi/product-code.ts';
import { parseQuantity } from '../smaregi/quantity.ts';
import type { Held, HeldLevels, HeldRow } from './held-levels.ts';

/** What the OMS and people call the columns of an export, best first. */
const words = {
  product: ['product-id-value', 'idValue', 'internal-name', 'internalName', 'upca', '商品コード', 'product'],
  facilityId: ['facility-id', 'facilityId', 'facility'],
  externalId: ['external-id', 'externalFacilityId', 'externalId', '店舗ID'],
  quantity: ['QOH', 'quantityOnHand', 'ATP', 'availableToPromise', 'availableQty', 'quantity', '在庫数'],
  reason: ['decisionReason', 'decision-reason'],
};

type Place = Record<keyof typeof words, number | undefined>;

/**
 * The OMS's levels as somebody exported them, put on disk by product. The file's time is taken for that of the export.
 *
 * @throws Problem `levels-file-unreadable`
 */
export async function exportedLevels(path: string, stores: readonly Store[]): Promise<HeldLevels> {
  const readAt = (await stat(path)).mtimeMs;
  const scratch = openScratch();
  try {
    scratch.exec(
      `CREATE TABLE held (product TEXT NOT NULL, store TEXT NOT NULL, quantity INTEGER NOT NULL, reason TEXT,
         PRIMARY KEY (product, store)) STRICT, WITHOUT ROWID`,
    );
    await readInto(scratch, path, stores);
  } catch (error) {
    scratch.close();
    throw error instanceof Problem ? error : unreadable(path, messageOf(error), error);
  }
  const one = scratch.prepare('SELECT store, quantity, reason FROM held WHERE product = ?');
  return {
    source: basename(path),
    batchSize: 500,
    async of(products) {
      const rows = (product: string) =>
        one.all(product) as { store: string; quantity: number; reason: string | null }[];
      const held = new Map(
        products.map((product) => {
          const stores = rows(product).map(({ store, quantity, reason }): [string, Held] => {
            return [store, { quantity, reason: reason ?? undefined }];
          });
          return [product, new Map(stores)];
        }),
      );
      return { held, readAt };
    },
    others: (isExpected) => others(scratch, isExpected),
    close: async () => {
      scratch.close();
    },
  };
}

function* others(scratch: Database, isExpected: (productCode: string) => boolean): Generator<HeldRow> {
  const next = scratch.prepare('SELECT min(product) FROM held WHERE product > ?').pluck();
  const rowsOf = scratch.prepare(
    'SELECT product AS productCode, store AS storeId, quantity, reason FROM held WHERE product = ? ORDER BY store',
  );
  let product = '';
  for (;;) {
    product = next.get(product) as string;
    if (product === null) return;
    if (isExpected(product)) continue;
    for (const row of rowsOf.all(product) as (HeldRow & { reason: string | null })[]) {
      yield { ...row, reason: row.reason ?? undefined };
    }
  }
}

async function readInto(scratch: Database, path: string, stores: readonly Store[]): Promise<void> {
  const insert = scratch.prepare(
    'INSERT OR REPLACE INTO held (product, store, quantity, reason) VALUES (?, ?, ?, ?)',
  );
  const mapped = stores.filter(({ kind }) => kind !== 'warehouse');
  const byId = new Map(mapped.map((store) => [store.facilityId, store.storeId]));
  const byExternal = new Map(mapped.map((store) => [store.externalFacilityId, store.storeId]));
  for (const index of [byId, byExternal]) index.delete('');
  const reader = new RecordReader();
  let place: Place | undefined;
  const file = { path, name: path, maxUnpackedBytes: Number.POSITIVE_INFINITY };
  for await (const records of recordsOfFile(file, reader)) {
    scratch.transaction(() => {
      for (const { line, cells } of records) {
        if (!place) {
          place = placesIn(cells, path);
          reader.width = cells.length;
          continue;
        }
        const cell = (index: number | undefined) => (index === undefined ? '' : (cells[index] ?? '').trim());
        const storeId = byId.get(cell(place.facilityId)) ?? byExternal.get(cell(place.externalId));
        const product = cleanProductCode(cell(place.product));
        if (storeId === undefined || product === '') continue; // a warehouse, or a place that is none of ours
        const quantity = parseQuantity(cell(place.quantity).replace(/\.0+$/, ''));
        if (quantity === undefined)
          throw unreadable(path, `line ${line}: "${cell(place.quantity)}" is no quantity`);
        insert.run(product, storeId, quantity, cell(place.reason) || null);
      }
    })();
  }
  if (!place) throw unreadable(path, 'it is empty');
}

function placesIn(header: string[], path: string): Place {
  const place = Object.fromEntries(
    Object.entries(words).map(([field, names]) => [field, findNamed(header, names)]),
  ) as Place;
  const facility = place.facilityId ?? place.externalId;
  if (place.product !== undefined && place.quantity !== undefined && facility !== undefined) return place;
  throw unreadable(path, `its header names no product, facility or quantity: ${header.join(', ')}`);
}

function unreadable(path: string, what: string, cause?: unknown): Problem {
  return new Problem(
    'levels-file-unreadable',
    `${path} cannot be read as exported levels: ${what}.`,
    `It must be a CSV with a column each for product (${words.product[0]}), facility (facility-id or external-id) and quantity (QOH or ATP).`,
    { cause },
  );
}
