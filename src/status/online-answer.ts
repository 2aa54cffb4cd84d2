import { listPostings } from '../ledger/posting-list.ts';
import { expectedLevel } from '../ledger/row-level.ts';
import { knownBase, rowSnapshots } from '../ledger/row-story.ts';
import { isOnline, type OnlineFigure, onlineFigures } from '../levels/online-figure.ts';
import { withLevels } from '../snapshot/row-levels.ts';
import type { RowSources } from './row-explanation.ts';
import { snapshotLimit } from './story-document.ts';

/** More movements of one product in one store would be no stock any more. */
const limit = 10_000;

/**
 * What the web shop may sell of one product, as `flagship online` works it out for all; null when no store that takes
 * part is known to have it, or no reset of any of them is known.
 *
 * @throws Problem `reset-file-missing`, `reset-file-unreadable`
 */
export async function onlineOf(
  sources: RowSources,
  productCode: string,
  signal: AbortSignal,
): Promise<OnlineFigure | null> {
  const { database, stores } = sources;
  const asked = stores.filter(isOnline).map(({ storeId }) => {
    const row = { storeId, productCode };
    return { row, history: rowSnapshots(database, row, snapshotLimit) };
  });
  const known = await withLevels(asked, sources, signal);
  if (!known.some(({ history }) => history.some(({ reset }) => reset !== undefined))) return null;
  const rows = known.flatMap(({ row, history }) => {
    const base = knownBase(history);
    if (base === 'unanswered') return [];
    const postings = listPostings(database, row, limit);
    if (base === undefined && postings.length === 0) return [];
    const { now, target } = expectedLevel(base, postings);
    return [{ ...row, now, target }];
  });
  return onlineFigures(rows, new Map(stores.map((store) => [store.storeId, store])))[0] ?? null;
}
