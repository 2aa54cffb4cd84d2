import type { Feed } from './file-records.ts';

/** What became of the rows of one accepted file. */
export interface RowCount {
  feed: Feed;
  read: number;
  rejectedByReason: Readonly<Record<string, number>>;
}

/** Told of every file that was accepted. */
export type CountRows = (count: RowCount) => void;
