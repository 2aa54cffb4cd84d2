import type { Store } from '../config/store-map.ts';
import { listPostings } from '../ledger/posting-list.ts';
import { storyOf } from '../ledger/story.ts';
import type { Database } from '../platform/database.ts';
import { toIso } from '../platform/time-zone.ts';
import { postingDocument } from './posting-document.ts';
import { storyText } from './story-text.ts';

/** More would not be a story. */
const limit = 10_000;

export interface StoryQuestion {
  storeId: string;
  productCode: string;
  stores: readonly Store[];
  settings: Parameters<typeof postingDocument>[2];
}

/** The whole story of one number: every movement of a store and product, and what was told of it, in order of time. */
export function tellStory(database: Database, { storeId, productCode, stores, settings }: StoryQuestion) {
  const store = stores.find((known) => known.storeId === storeId);
  const postings = listPostings(database, { storeId, productCode }, limit);
  return {
    storeId,
    store: store?.name ?? storeId,
    facilityId: store?.facilityId ?? null,
    productCode,
    movements: postings.length,
    sum: postings.reduce((total, { quantity }) => total + quantity, 0),
    open: postings
      .filter(({ state }) => state !== 'posted' && state !== 'absorbed')
      .map(({ id, state }) => ({ id, state })),
    events: storyOf(postings).map((event) => ({ at: toIso(event.at), text: storyText(event) })),
    postings: postings.map((posting) => postingDocument(posting, stores, settings)),
  };
}
