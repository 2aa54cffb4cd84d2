import { rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { archiveFolder, type DataFolders } from '../config/data-folders.ts';
import type { Clock } from '../platform/clock.ts';
import type { Reached } from '../platform/crash-point.ts';
import { durableRename, exists, freePath, syncFolder, writeDurably } from '../platform/durable-file.ts';
import type { Logger } from '../platform/logger.ts';
import { Problem } from '../platform/problem.ts';
import type { Feed, FileRecord, FileRecords } from './file-records.ts';

// The last steps of every file in work/, whatever its feed. What is durable after each, and what a crash leaves:
//
//   1. its record                               a crash: steps 2 and 3 are done at restart, from the record
//   2. rejected rows renamed to their name in rejected/, or the reason of a refusal written beside the file's place
//   3. the input leaves work/ for archive/ or rejected/

/** A file in work/, as intake hands it over. */
export interface InputFile {
  name: string;
  workName: string;
  path: string;
  bytes: number;
  /** Epoch milliseconds. */
  modifiedAt: number;
}

/** SHA-256 in hex, of the file and of the CSV in it; the second is null when it could not be unpacked. */
export interface InputHashes {
  inputSha256: string;
  contentSha256: string | null;
}

export interface FileEndOptions {
  feed: Feed;
  timeZone: string;
  folders: DataFolders;
  files: FileRecords;
  clock: Clock;
  log: Logger;
  reached: Reached;
}

/** Records what became of the files of one feed, and puts them where they are kept. */
export class FileEnd {
  readonly #options: FileEndOptions;

  constructor(options: FileEndOptions) {
    this.#options = options;
  }

  /** Where rejected rows are written meanwhile: in their own folder, so that the end is a rename on one file system. */
  temporaryRejected(file: InputFile): string {
    return join(this.#options.folders.rejected, `.${file.workName}.tmp`);
  }

  /**
   * What was read of a file that somebody still writes is not the file, whatever it looked like. Asked after reading,
   * before anything is made of it.
   *
   * @throws Problem `input-changed`
   */
  async requireUnchanged(file: InputFile): Promise<void> {
    const { size, mtimeMs } = await stat(file.path);
    if (size === file.bytes && Math.floor(mtimeMs) === file.modifiedAt) return;
    throw new Problem(
      'input-changed',
      `${file.name} was changed while it was read (${file.bytes} bytes before, ${size} now).`,
      'Let it be written under a name that ends in .part and renamed when complete, or make inbox.settleSeconds longer. It is read again by itself.',
    );
  }

  /** The record of a file that was taken in, for the caller to add together with what it brought. */
  async acceptance(
    file: InputFile,
    hashes: InputHashes,
    rest: { rejected: number; message: string | null },
  ): Promise<Omit<FileRecord, 'id'>> {
    const { folders } = this.#options;
    const rejectedAs =
      rest.rejected > 0 ? await freePath(folders.rejected, `${file.name}.rejected.csv`) : undefined;
    return {
      ...this.#recordOf(file, hashes),
      outcome: 'accepted',
      message: rest.message,
      keptAs: await this.#archivePath(file),
      rejectedAs: rejectedAs ? relative(folders.root, rejectedAs) : null,
    };
  }

  /** Ends a file that is not taken. */
  async refuse(
    file: InputFile,
    hashes: InputHashes,
    { reason, message }: { reason: string; message: string },
  ): Promise<void> {
    const { folders, log } = this.#options;
    await this.requireUnchanged(file);
    const kept = await freePath(folders.rejected, file.name);
    log.error({ code: reason, file: file.name, keptAs: kept }, `${file.name} is refused: ${message}`);
    const keptAs = relative(folders.root, kept);
    await this.#record(file, {
      ...this.#recordOf(file, hashes),
      outcome: 'refused',
      reason,
      message,
      keptAs,
    });
  }

  /** Ends a file whose content was taken in before. */
  async repeat(file: InputFile, hashes: InputHashes, before: FileRecord): Promise<void> {
    await this.requireUnchanged(file);
    const message = `the same content as ${before.name}, taken in before; nothing is changed`;
    const told = { code: 'repeated', file: file.name, sha256: hashes.inputSha256 };
    this.#options.log.warn(told, `${file.name}: ${message}`);
    const keptAs = await this.#archivePath(file);
    await this.#record(file, { ...this.#recordOf(file, hashes), outcome: 'repeated', message, keptAs });
  }

  /** Steps 2 and 3, for a file whose record exists. Each may have been done before a crash. */
  async finish(file: InputFile, record: Omit<FileRecord, 'id'>): Promise<void> {
    const { folders } = this.#options;
    const temporary = this.temporaryRejected(file);
    if (record.rejectedAs && (await exists(temporary))) {
      await durableRename(temporary, join(folders.root, record.rejectedAs));
    }
    const kept = join(folders.root, record.keptAs);
    if (record.outcome === 'refused') {
      await writeDurably(`${kept}.reason.txt`, reasonText(file.name, record));
    }
    await rename(file.path, kept);
    await syncFolder(folders.work);
    await rm(temporary, { force: true });
  }

  async #record(file: InputFile, record: Omit<FileRecord, 'id'>): Promise<void> {
    this.#options.files.add(record);
    this.#options.reached('recorded');
    await this.finish(file, record);
  }

  #recordOf(
    file: InputFile,
    { inputSha256, contentSha256 }: InputHashes,
  ): Omit<FileRecord, 'id' | 'outcome' | 'keptAs'> {
    return {
      feed: this.#options.feed,
      workName: file.workName,
      name: file.name,
      bytes: file.bytes,
      sha256: inputSha256,
      contentSha256,
      modifiedAt: file.modifiedAt,
      finishedAt: this.#options.clock.now(),
      reason: null,
      message: null,
      rejectedAs: null,
    };
  }

  async #archivePath(file: InputFile): Promise<string> {
    const { folders, clock, timeZone } = this.#options;
    const folder = archiveFolder(folders, clock.now(), timeZone);
    return relative(folders.root, await freePath(folder, file.name));
  }
}

function reasonText(name: string, record: Pick<FileRecord, 'reason' | 'message'>): string {
  return `${name} was not taken in (${record.reason}).\n\n${record.message}\n\nNothing was sent. Correct the file and drop it again.\n`;
}
