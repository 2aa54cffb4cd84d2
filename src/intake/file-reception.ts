import type { CsvFile } from '../csv/records-of-file.ts';
import type { FileEnd, InputFile, InputHashes } from '../ledger/file-end.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import { hashAsDropped, hashContent } from './feed-content.ts';
import { feedProblem } from './feed-problem.ts';
import { asFeedRefusal } from './feed-refusal.ts';

export interface Reception {
  feed: 'sales' | 'fulfilled';
  maxUnpackedBytes: number;
  files: FileRecords;
  end: FileEnd;
  /** Takes in a file whose content is new, and records it. @throws FeedRefusal when it is not to be taken */
  accept(file: InputFile, hashes: InputHashes, content: CsvFile, signal: AbortSignal): Promise<void>;
  /** @throws FeedRefusal when no file of this feed is to be taken */
  mayTake?: () => void;
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
  const { feed, maxUnpackedBytes, files, end } = reception;
  const known = files.byWorkName(file.workName);
  if (known) return end.finish(file, known);
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
