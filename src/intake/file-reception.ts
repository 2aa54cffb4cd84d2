import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import type { CsvFile } from '../csv/records-of-file.ts';
import { FileEnd, type InputFile, type InputHashes } from '../ledger/file-end.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import type { MovementRecords } from '../ledger/movement-records.ts';
import type { CountRows } from '../ledger/row-count.ts';
import type { Clock } from '../platform/clock.ts';
import type { Reached } from '../platform/crash-point.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { hashAsDropped, hashContent } from './feed-content.ts';
import { feedProblem } from './feed-problem.ts';
import { asFeedRefusal } from './feed-refusal.ts';

/** What taking in files of movements needs. */
export interface ReceiveOptions {
  configuration: Configuration;
  folders: DataFolders;
  stores: Store[];
  database: Database;
  files: FileRecords;
  movements: MovementRecords;
  clock: Clock;
  log: Logger;
  reached: Reached;
  /** Called when movements are in the ledger that were not there before. */
  onMovements: () => void;
  countRows?: CountRows;
}

type Feed = 'sales' | 'fulfilled';

export interface Reception {
  feed: Feed;
  options: ReceiveOptions;
  end: FileEnd;
  /** Takes in a file whose content is new, and records it. @throws FeedRefusal when it is not to be taken */
  accept(file: InputFile, hashes: InputHashes, content: CsvFile, signal: AbortSignal): Promise<void>;
  /** @throws FeedRefusal when no file of this feed is to be taken */
  mayTake?: () => void;
}

/** What becomes of the files of a feed, once they were read. */
export function endOfFiles(feed: Feed, options: ReceiveOptions): FileEnd {
  const { configuration, folders, files, clock, log, reached } = options;
  return new FileEnd({ feed, timeZone: configuration.timeZone, folders, files, clock, log, reached });
}

/**
 * Takes one file in work/ to its end: finished where its fate is known, repeated where its content is, accepted or
 * refused otherwise.
 *
 * @throws Problem `disk-full`, `sales-failed`, `fulfilled-failed` when our own side fails, and the signal's reason
 * when it is aborted; the file is then still in work/
 */
export async function receiveFile(reception: Reception, file: InputFile, signal: AbortSignal): Promise<void> {
  try {
    await receive(reception, file, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw feedProblem(reception.feed, file.name, error);
  }
}

async function receive(reception: Reception, file: InputFile, signal: AbortSignal): Promise<void> {
  const { feed, options, end } = reception;
  const { configuration, files } = options;
  const known = files.byWorkName(file.workName);
  if (known) return end.finish(file, known);
  const maxUnpackedBytes = configuration.inbox.maxUnpackedMegabytes * 1024 * 1024;
  const content = { path: file.path, name: file.name, maxUnpackedBytes };
  const hashes: InputHashes = { inputSha256: await hashAsDropped(content), contentSha256: null };
  try {
    reception.mayTake?.();
    const contentSha256 = await hashContent(content, signal);
    hashes.contentSha256 = contentSha256;
    const before = files.sameContent(feed, hashes.inputSha256, contentSha256);
    if (before) return await end.repeat(file, hashes, before);
    await reception.accept(file, hashes, content, signal);
  } catch (error) {
    const refusal = asFeedRefusal(error);
    if (!refusal) throw error;
    await end.refuse(file, { ...hashes, contentSha256: null }, refusal);
  }
}
