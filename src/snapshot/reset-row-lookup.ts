import { Worker } from 'node:worker_threads';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import type { ResetSettings } from '../hotwax/reset-rows.ts';
import type { Row } from '../ledger/reset-facts.ts';
import type { RowLevel } from '../ledger/row-questions.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { threadEnvironment } from '../platform/thread-environment.ts';
import { findResetFile } from './reset-file.ts';
import { type RowCells, resetRowKey } from './reset-row-scan.ts';

/** What the thread is given. */
export interface ScanWork {
  path: string;
  cells: RowCells;
  keys: readonly string[];
}

/** What it says. */
export interface ScanResult {
  found: ReadonlyMap<string, number>;
  sha256: string;
}

/** Says what the Reset CSV of a snapshot sets rows to. */
export interface ResetRowSource {
  /** @throws Problem `reset-file-missing`, `reset-file-unreadable`; the signal's reason when it is aborted */
  lookUp(
    snapshot: Pick<Snapshot, 'id' | 'resetName' | 'resetSha256'>,
    rows: readonly Row[],
    signal: AbortSignal,
  ): Promise<RowLevel[]>;
}

/** Looks rows up in the archived Reset CSVs: one pass over the file, in a thread of its own. */
export function archivedResetRows(options: {
  folders: DataFolders;
  stores: readonly Store[];
  columns: ResetSettings['columns'];
}): ResetRowSource {
  const stores = new Map(options.stores.map((store) => [store.storeId, store]));
  return {
    async lookUp(snapshot, rows, signal) {
      if (rows.length === 0) return [];
      const path = await findResetFile(snapshot, options.folders);
      const place = cellsOf(options.columns);
      if (!place) throw unreadable(snapshot, 'reset.columns has no facility, idValue or availableQty');
      const keyOf = (row: Row) =>
        resetRowKey(stores.get(row.storeId)?.[place.facilityField] ?? '', row.productCode);
      const keys = rows.map(keyOf);
      const { found, sha256 } = await scan({ path, cells: place.cells, keys }, signal).catch((error) => {
        signal.throwIfAborted();
        throw unreadable(snapshot, messageOf(error), error);
      });
      if (sha256 !== snapshot.resetSha256) throw unreadable(snapshot, `${path} is not what was delivered`);
      return rows.map((row, index) => ({ ...row, level: found.get(keys[index] ?? '') ?? null }));
    },
  };
}

function cellsOf(
  columns: ResetSettings['columns'],
): { cells: RowCells; facilityField: 'facilityId' | 'externalFacilityId' } | undefined {
  const fields = columns.map((column) => (typeof column === 'string' ? column : column.from));
  const facilityField = fields.includes('facilityId') ? 'facilityId' : 'externalFacilityId';
  const cells = {
    facility: fields.indexOf(facilityField),
    idValue: fields.indexOf('idValue'),
    availableQty: fields.indexOf('availableQty'),
  };
  return Object.values(cells).includes(-1) ? undefined : { cells, facilityField };
}

function scan(workerData: ScanWork, signal: AbortSignal): Promise<ScanResult> {
  const worker = new Worker(new URL('./reset-row-worker.ts', import.meta.url), {
    workerData,
    env: threadEnvironment(),
  });
  const abort = () => void worker.terminate();
  signal.addEventListener('abort', abort, { once: true });
  return new Promise<ScanResult>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the thread ended without a result')));
  }).finally(() => signal.removeEventListener('abort', abort));
}

function unreadable(snapshot: Pick<Snapshot, 'id' | 'resetName'>, what: string, cause?: unknown): Problem {
  return new Problem(
    'reset-file-unreadable',
    `The Reset CSV of snapshot ${snapshot.id}, ${snapshot.resetName}, cannot be looked through: ${what}.`,
    'Restore the file, or the configuration of its columns and stores, as they were when it was made.',
    { cause },
  );
}
