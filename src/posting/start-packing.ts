import type { CallRecords } from '../ledger/call-records.ts';
import { PackingRecords } from '../ledger/packing-records.ts';
import type { PostingRecords } from '../ledger/posting-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import type { SmaregiSettings } from '../smaregi/smaregi-client.ts';
import type { PackingSide } from './memo-search.ts';
import { PackingDoubts } from './packing-doubts.ts';
import { Poster } from './poster.ts';
import { createSendQueue } from './send-queue.ts';
import { smaregiRecipient } from './smaregi-recipient.ts';
import { type PostingPart, startWithSettling } from './with-settling.ts';

export interface PackingOptions extends PackingSide {
  database: Database;
  postings: PostingRecords;
  calls: CallRecords;
  settings: Pick<SmaregiSettings, 'limits' | 'timeoutSeconds'>;
  clock: Clock;
  random: () => number;
  log: Logger;
}

/** Tells Smaregi of packed orders from now on, and settles what is in doubt on the way. */
export function startPacking(options: PackingOptions): PostingPart {
  const { settings, clock } = options;
  const { timeoutSeconds, limits } = settings;
  const { concurrency } = limits;
  const packings = new PackingRecords(options.database);
  const recipient = smaregiRecipient({ ...options, packings, concurrency });
  // The client keeps Smaregi's limit of writes itself.
  const queue = createSendQueue({ concurrency, requestsPerSecond: null }, clock);
  const poster = new Poster({ ...options, recipient, queue });
  const onSettled = () => poster.wake();
  const doubts = new PackingDoubts({ ...options, packings, timeoutSeconds, onSettled });
  return startWithSettling(poster, doubts);
}
