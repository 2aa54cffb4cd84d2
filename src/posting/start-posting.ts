import type { Store } from '../config/store-map.ts';
import type { OmsClient, OmsSettings } from '../hotwax/oms-client.ts';
import { BackgroundFlush } from '../platform/background-flush.ts';
import { DepartureNotes } from './departures.ts';
import { omsRecipient } from './oms-recipient.ts';
import { Poster, type PosterOptions } from './poster.ts';
import { ReadBack } from './read-back.ts';
import { createSendQueue } from './send-queue.ts';
import { type PostingPart, startWithSettling } from './with-settling.ts';

export interface PostingOptions extends Omit<PosterOptions, 'recipient' | 'queue' | 'background' | 'notes'> {
  oms: OmsClient;
  settings: OmsSettings;
  idType: string;
  stores: readonly Store[];
}

/** Tells the OMS what is due from now on, and settles by reading back what is in doubt. */
export function startPosting(options: PostingOptions): PostingPart {
  const { database, settings, clock } = options;
  const poster = new Poster({
    ...options,
    recipient: omsRecipient(options),
    queue: createSendQueue(settings, clock),
    background: new BackgroundFlush(database),
    notes: new DepartureNotes(`${database.name}-departures`),
  });
  const readBack = new ReadBack({ ...options, onSettled: () => poster.wake() });
  return startWithSettling(poster, readBack);
}
