import type { Store } from '../config/store-map.ts';
import { EchoRecords } from '../ledger/echo-records.ts';
import { listPostings } from '../ledger/posting-list.ts';
import { expectedLevel } from '../ledger/row-level.ts';
import { knownBase, type RowSnapshot } from '../ledger/row-story.ts';
import { storyOf } from '../ledger/story.ts';
import type { Database } from '../platform/database.ts';
import { toIso } from '../platform/time-zone.ts';
import { postingDocument } from './posting-document.ts';
import { conclusionOf } from './story-conclusion.ts';
import { storyText } from './story-text.ts';

/** More would not be a story. */
const limit = 10_000;
/** So many snapshots around are told of: two weeks of mornings. */
export const snapshotLimit = 14;

export interface StoryQuestion {
  storeId: string;
  productCode: string;
  stores: readonly Store[];
  settings: Parameters<typeof postingDocument>[2];
  /** The snapshots around, as {@link rowSnapshots} reads them. */
  history: readonly RowSnapshot[];
}

/**
 * The whole story of one number: every movement of a store and product, what was told of it, the resets around, and the
 * level that the OMS should hold now (null while nobody looked which reset counts).
 */
export function tellStory(database: Database, question: StoryQuestion) {
  const { storeId, productCode, stores, settings, history } = question;
  const store = stores.find((known) => known.storeId === storeId);
  const postings = listPostings(database, { storeId, productCode }, limit);
  const echoes = new EchoRecords(database).ofRow({ storeId, productCode });
  const base = knownBase(history);
  const level = base === 'unanswered' ? null : expectedLevel(base, postings);
  const story = {
    storeId,
    store: store?.name ?? storeId,
    facilityId: store?.facilityId ?? null,
    productCode,
    movements: postings.length,
    sum: postings.reduce((total, { quantity }) => total + quantity, 0),
    open: postings
      .filter(({ state }) => state !== 'posted' && state !== 'absorbed')
      .map(({ id, destination, state }) => ({ id, destination, state })),
    base:
      base === undefined || base === 'unanswered'
        ? null
        : { level: base.level, takenAt: toIso(base.takenAt), appliedAt: toIso(base.appliedAt) },
    level,
    events: storyOf(postings, history, echoes).map((event) => ({
      at: toIso(event.at),
      text: storyText(event),
    })),
    postings: postings.map((posting) => postingDocument(posting, stores, settings)),
  };
  return { ...story, conclusion: conclusionOf(story) };
}
