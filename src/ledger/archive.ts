import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { checkIntegrity, type Database, holdExclusively } from '../platform/database.ts';
import { syncFolder } from '../platform/durable-file.ts';
import { Problem } from '../platform/problem.ts';
import { toIso } from '../platform/time-zone.ts';
import { copyIsEqual, copyRows, deleteLeftCopies, deleteRows, idsOf } from './archive-copy.ts';
import { ClosedHistory, type HistoryGroup } from './closed-history.ts';
import { stockSource } from './level-records.ts';
import { openLedger } from './open-ledger.ts';

// What is durable, and what a sudden end leaves, batch by batch:
//
//   1. the rows are in the archive file      an end from here on: they are in both; the next run takes the copies away
//                                            and makes them again
//   2. compared, deleted from the ledger     in one transaction of the ledger, which alone it writes
//
// A transaction over both files would not be atomic with write-ahead logs; one file at a time needs none.

/** A batch is this many movements or the group that exceeds it: some tens of milliseconds under the ledger's lock. */
const batchSize = 500;
/** After each batch the ledger is left alone: SQLite's lock is not fair to those who wait. */
const restMs = 20;

export interface ArchiveOptions {
  database: Database;
  /** Folder of the archive files. */
  folder: string;
  /** Name of the file to move into. */
  file: string;
  /** Movements recorded before this moment, epoch milliseconds. */
  before: number;
  who: string;
  clock: Clock;
  dryRun: boolean;
  /** For fault tests: called when a batch is copied, and when it is deleted. */
  reached?: (point: 'copied' | 'deleted') => void;
}

export interface Archived {
  movements: number;
  calls: number;
  /** Nothing recorded or told after this moment (ISO) moves: a reset of then is not confirmed. */
  openSince: string | undefined;
}

/**
 * Moves closed history into an archive file, verified before it is deleted from the ledger. Transaction lines and
 * reversals stay: they keep a late repeat of an old sale from being counted again. The service may run.
 *
 * @throws Problem `archive-busy`, `archive-differs`, `ledger-damaged`, `ledger-newer`
 */
export async function archiveHistory(options: ArchiveOptions): Promise<Archived> {
  const { database, folder, file, before, clock, dryRun } = options;
  const history = new ClosedHistory(database, before, clock.now());
  if (dryRun) return { ...count(history), openSince: history.openSince };
  await mkdir(folder, { recursive: true });
  const lock = holdExclusively(join(folder, '.ledger-archive.lock'));
  if (!lock) {
    throw new Problem(
      'archive-busy',
      `Another "flagship archive" works in ${folder}.`,
      'Wait until it has ended.',
    );
  }
  try {
    await removeLeftCopies(database, folder);
    openLedger(join(folder, file)).close();
    await syncFolder(folder);
    const moved = await within(database, join(folder, file), () => move(options, history));
    checkArchive(join(folder, file));
    return { ...moved, openSince: history.openSince };
  } finally {
    lock.release();
  }
}

function count(history: ClosedHistory): { movements: number; calls: number } {
  const sum = { movements: 0, calls: 0 };
  for (const groups of batches(history)) add(sum, groups);
  return sum;
}

function* batches(history: ClosedHistory): Generator<HistoryGroup[]> {
  let afterId = 0;
  for (;;) {
    const { groups, lastId } = history.next(afterId, batchSize);
    if (groups.length > 0) yield groups;
    if (lastId === undefined) return;
    afterId = lastId;
  }
}

function add(sum: { movements: number; calls: number }, groups: readonly HistoryGroup[]): void {
  for (const { movements, calls } of groups) {
    sum.movements += movements.length;
    sum.calls += calls.length;
  }
}

async function move(
  options: ArchiveOptions,
  history: ClosedHistory,
): Promise<{ movements: number; calls: number }> {
  const { database, clock, reached = () => {} } = options;
  const sum = { movements: 0, calls: 0 };
  for (const groups of batches(history)) {
    const ids = idsOf(groups);
    database.transaction(() => copyRows(database, ids))();
    reached('copied');
    const deleted = database.transaction(() => deleteMoved(options, history, groups)).immediate();
    if (deleted) add(sum, groups);
    else database.transaction(() => deleteRows(database, 'archive', ids))();
    reached('deleted');
    await clock.sleep(restMs);
  }
  return sum;
}

/** Deletes a copied batch from the ledger; returns false when it is not closed any more. */
function deleteMoved(
  { database, file, clock, who }: ArchiveOptions,
  history: ClosedHistory,
  groups: readonly HistoryGroup[],
): boolean {
  if (!history.isStill(groups)) return false;
  const ids = idsOf(groups);
  if (!copyIsEqual(database, ids)) {
    throw new Problem(
      'archive-differs',
      `What was written to ${file} is not what the ledger holds; nothing of that part was deleted.`,
      'Check the disk, run "flagship ledger verify", then the same command again.',
    );
  }
  const sum = { movements: 0, calls: 0 };
  add(sum, groups);
  database
    .prepare(
      `INSERT INTO archive_part (file, at, who, movements, calls, line_movements, quantity)
       SELECT ?, ?, ?, ?, ?, count(*) FILTER (WHERE source <> '${stockSource}'),
         ifnull(sum(quantity) FILTER (WHERE source <> '${stockSource}'), 0)
       FROM main.movement WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .run(file, toIso(clock.now()), who, sum.movements, sum.calls, ids.movements);
  deleteRows(database, 'main', ids);
  return true;
}

/** Of every archive file: one that a sudden end left may have another date. */
async function removeLeftCopies(database: Database, folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^ledger-until-.*\.db$/.test(name));
  for (const name of names) {
    openLedger(join(folder, name)).close();
    await within(database, join(folder, name), async () =>
      database.transaction(() => deleteLeftCopies(database))(),
    );
  }
}

/** SQLite writes an attached file with less care than the first unless it is told. */
async function within<Result>(
  database: Database,
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  database.prepare('ATTACH ? AS archive').run(path);
  try {
    database.pragma('archive.synchronous = FULL');
    return await work();
  } finally {
    database.exec('DETACH archive');
  }
}

function checkArchive(path: string): void {
  const archive = openLedger(path);
  try {
    checkIntegrity(archive);
  } finally {
    archive.close();
  }
}
