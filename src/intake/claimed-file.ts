import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Feed } from '../ledger/file-records.ts';
import { boundedName } from '../platform/bounded-name.ts';
import { freePath, syncFolder } from '../platform/durable-file.ts';

// A file is claimed by a rename from the inbox into work/, and its new name says all that is needed to take it up
// again after a crash: feed, when it was claimed, and its name as dropped. No other record exists until its fate
// is known.

export interface ClaimedFile {
  feed: Feed;
  /** Its name as dropped; the middle of a very long one is left out. */
  name: string;
  /** Its name in work/, unique for ever. */
  workName: string;
  /** Where it is now. */
  path: string;
  bytes: number;
  /** Its modification time, in epoch milliseconds; a rename does not change it. */
  modifiedAt: number;
}

const workNamePattern = /^(inventory|sales|fulfilled)~[0-9a-z]+-[0-9a-z]+~(.+)$/s;

/** Claims a file of the inbox. Durable when it returns. `unique` tells two claims of one millisecond apart. */
export async function claim(
  feed: Feed,
  { path, location }: { path: string; location: Buffer },
  work: string,
  now: number,
  unique: string,
): Promise<ClaimedFile> {
  const name = boundedName(basename(path));
  const workName = `${feed}~${now.toString(36)}-${unique}~${name}`;
  await rename(location, join(work, workName));
  await syncFolder(work);
  return describe(feed, name, workName, work);
}

/** The files that were claimed and not finished, oldest claim first: what a crash left. */
export async function claimedBefore(feed: Feed, work: string): Promise<ClaimedFile[]> {
  const claimed: ClaimedFile[] = [];
  for (const workName of (await readdir(work)).sort()) {
    const [, itsFeed, name] = workNamePattern.exec(workName) ?? [];
    if (itsFeed === feed && name !== undefined) claimed.push(await describe(feed, name, workName, work));
  }
  return claimed;
}

/** Gives a file back to the inbox, as if it had not been claimed. Returns its path there. */
export async function putBack(file: ClaimedFile, inbox: string): Promise<string> {
  await mkdir(inbox, { recursive: true });
  const path = await freePath(inbox, file.name);
  await rename(file.path, path);
  await syncFolder(inbox);
  return path;
}

async function describe(feed: Feed, name: string, workName: string, work: string): Promise<ClaimedFile> {
  const path = join(work, workName);
  const { size, mtimeMs } = await stat(path);
  return { feed, name, workName, path, bytes: size, modifiedAt: Math.floor(mtimeMs) };
}
