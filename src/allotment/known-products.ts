import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import { findColumn } from '../csv/header.ts';
import { RecordReader } from '../csv/record-reader.ts';
import { recordsOfFile } from '../csv/records-of-file.ts';
import type { AllotmentRecords } from '../ledger/allotment-records.ts';
import { inAnyPart } from '../ledger/movement-index.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Database } from '../platform/database.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { cleanProductCode } from '../smaregi/product-code.ts';
import { findResetFile } from '../snapshot/reset-file.ts';
import { levelsInReset } from '../snapshot/reset-levels.ts';
import { splitWords } from './split-columns.ts';

/** The newest snapshots whose products are known: a week of daily ones, so that one bad file hides nothing. */
const snapshotsLookedAt = 7;

export interface KnownFrom {
  configuration: Configuration;
  folders: DataFolders;
  stores: readonly Store[];
  database: Database;
  snapshots: SnapshotRecords;
  allotments: AllotmentRecords;
}

/**
 * Which of `products` nobody has heard of: not in the list of `warehouse.products`, not in the newest snapshots, not
 * allotted before, without a movement in the ledger. Snapshots and the list name all products: without either, which is
 * when `against` is empty, nothing can be called unknown.
 *
 * @throws Problem `products-unreadable`
 */
export async function unknownProducts(
  products: readonly string[],
  storeId: string,
  from: KnownFrom,
): Promise<{ unknown: Set<string>; against: string[] }> {
  const unknown = new Set(products);
  const against: string[] = [];
  const list = from.configuration.warehouse.products;
  if (list !== null) {
    await removeListed(unknown, list);
    against.push(list);
  }
  removeRecorded(unknown, storeId, from);
  const delivered = from.snapshots
    .list(snapshotsLookedAt * 4)
    .filter(({ state, written }) => written > 0 && state !== 'discarded')
    .slice(0, snapshotsLookedAt);
  for (const snapshot of delivered) {
    if (unknown.size === 0) break;
    const path = await findResetFile(snapshot, from.folders).catch(() => undefined);
    if (path === undefined) continue; // moved away with its day
    against.push(snapshot.resetName);
    const { columns } = from.configuration.reset;
    for await (const levels of levelsInReset(path, { columns, stores: from.stores })) {
      for (const { productCode } of levels) unknown.delete(productCode);
    }
  }
  return against.length === 0 ? { unknown: new Set(), against } : { unknown, against };
}

function removeRecorded(unknown: Set<string>, storeId: string, { database, allotments }: KnownFrom): void {
  const moved = database.prepare(`SELECT 1 FROM movement WHERE ${inAnyPart} AND product_code = ? LIMIT 1`);
  for (const product of unknown) {
    if (allotments.baseline(storeId, product) || moved.get(product) !== undefined) unknown.delete(product);
  }
}

async function removeListed(unknown: Set<string>, path: string): Promise<void> {
  const reader = new RecordReader();
  let column: number | undefined;
  try {
    const file = { path, name: path, maxUnpackedBytes: Number.POSITIVE_INFINITY };
    for await (const records of recordsOfFile(file, reader)) {
      for (const { cells } of records) {
        if (column !== undefined) unknown.delete(cleanProductCode(cells[column] ?? ''));
        else column = findColumn(cells, splitWords('product'));
        if (column === undefined)
          throw new Error(`its first line names no product column: ${cells.join(',')}`);
      }
    }
  } catch (error) {
    throw new Problem(
      'products-unreadable',
      `${path}, which warehouse.products names, cannot be read: ${messageOf(error)}`,
      'Give it a header with a product column, or set warehouse.products to null.',
      { cause: error },
    );
  }
}
