import type { Store } from '../config/store-map.ts';
import type { Row } from '../ledger/reset-facts.ts';
import { rowSnapshots } from '../ledger/row-story.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Database } from '../platform/database.ts';
import type { ResetRowSource } from '../snapshot/reset-row-lookup.ts';
import { withLevels } from '../snapshot/row-levels.ts';
import { type StoryQuestion, snapshotLimit, tellStory } from './story-document.ts';

/** What stories are read from. */
export interface RowSources {
  database: Database;
  snapshots: SnapshotRecords;
  /** The archived Reset CSVs. */
  rows: ResetRowSource;
  stores: readonly Store[];
  settings: StoryQuestion['settings'];
}

/**
 * The whole story of one number, with the levels that its resets set.
 *
 * @throws Problem `reset-file-missing`, `reset-file-unreadable`
 */
export async function explainRow(sources: RowSources, row: Row, signal: AbortSignal) {
  const { database, stores, settings } = sources;
  const known = rowSnapshots(database, row, snapshotLimit);
  const [found] = await withLevels([{ row, history: known }], sources, signal);
  return tellStory(database, { ...row, stores, settings, history: found?.history ?? known });
}
