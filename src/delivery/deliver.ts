import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import type { Reached } from '../platform/crash-point.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import type { RemoteFolder } from './remote-folder.ts';
import { temporaryName } from './temporary-name.ts';

// What is durable after each step, and what a crash leaves behind:
//   upload        a part under the temporary name; the next try writes it anew
//   verified      the whole file under the temporary name, on the disk there where the server can flush
//   onUploaded    our database knows that; from here on nothing is uploaded twice
//   rename        the file under its own name; if the temporary name is gone, this has happened
// So after `onUploaded` either name is there and we finish, or none is and the file was taken already.

/** One read from the disk feeds several requests: a read for each costs more than the request. */
const leastReadBytes = 1024 * 1024;

export interface DeliveryFile {
  /** Where the file is on this machine. */
  path: string;
  /** The name under which others find it. */
  name: string;
  bytes: number;
  /** Of the content, in hex. */
  sha256: string;
}

export interface DeliveryTask {
  folder: RemoteFolder;
  file: DeliveryFile;
  /** Whether an earlier try got as far as `onUploaded`. */
  wasUploaded: boolean;
  /** Must have written down that the upload is complete when it returns. */
  onUploaded: () => void;
  /** Awaited right before the file gets the name under which others find it. */
  beforePublishing?: () => Promise<void>;
  /** Bytes that the other side has confirmed. */
  onProgress?: (bytes: number) => void;
  reached: Reached;
  signal: AbortSignal;
}

/**
 * - `delivered`: it is there now, by us.
 * - `already-there`: the same file was there under its name.
 * - `taken-meanwhile`: it was there, and whom it is for has fetched it.
 */
export type Delivery = { how: 'delivered' | 'already-there' | 'taken-meanwhile' };

/**
 * Since when, at the earliest, a file has had its name; epoch milliseconds. One that was taken meanwhile got it before
 * this side ended, right after its upload was known to be complete.
 */
export function publishedAt({ how }: Delivery, uploadedAt: number | null, now: number): number {
  return how === 'taken-meanwhile' && uploadedAt !== null ? uploadedAt : now;
}

interface Names {
  temporary: string;
  final: string;
}

/**
 * Puts a file into a folder whole or not at all, and exactly once, over any number of tries.
 *
 * @throws Problem `delivery-conflict`, `delivery-corrupt`, `delivery-source-changed`, `delivery-directory`,
 * `delivery-full`, `delivery-interrupted`, `delivery-failed`; the signal's reason when it is aborted
 */
export async function deliver(task: DeliveryTask): Promise<Delivery> {
  const { folder, file } = task;
  const names = {
    temporary: posix.join(folder.temporaryDirectory, temporaryName(file)),
    final: posix.join(folder.directory, file.name),
  };
  try {
    if (await isAlreadyThere(task, names)) {
      await folder.remove(names.temporary);
      return { how: 'already-there' };
    }
    if (task.wasUploaded) {
      if ((await folder.size(names.temporary)) === undefined) return await takenMeanwhile(folder);
      if (await isWhole(task, names.temporary)) return await publish(task, names);
    }
    await upload(task, names.temporary);
    task.onUploaded();
    return await publish(task, names);
  } catch (error) {
    task.signal.throwIfAborted();
    throw error;
  }
}

/** @throws Problem `delivery-conflict` when another file has the name */
async function isAlreadyThere({ folder, file }: DeliveryTask, { final }: Names): Promise<boolean> {
  const bytes = await folder.size(final);
  if (bytes === undefined) return false;
  const sha256 = bytes === file.bytes ? await hashOf(folder, final) : 'of another size';
  if (sha256 === undefined) return false;
  if (sha256 === file.sha256) return true;
  throw new Problem(
    'delivery-conflict',
    `${folder.address} already has a ${file.name} with other content (${bytes} bytes; ours has ${file.bytes}).`,
    'Find out who put it there. If ours is right, have the other removed; it is then delivered by itself. Nothing was overwritten.',
  );
}

/** No name is there. That only means something while the directories themselves are. */
async function takenMeanwhile(folder: RemoteFolder): Promise<Delivery> {
  await folder.list(folder.directory);
  await folder.list(folder.temporaryDirectory);
  return { how: 'taken-meanwhile' };
}

async function upload(task: DeliveryTask, temporary: string): Promise<void> {
  const { folder, file } = task;
  try {
    await folder.write(temporary, sourceOf(task), progressOf(task));
    if (await isWhole(task, temporary)) return;
    throw new Problem(
      'delivery-corrupt',
      `${folder.address}: what arrived of ${file.name} is not what was sent.`,
      'Nothing was published. It is tried again by itself; if that keeps happening set writeWindow to 1 and tell the operator of the server.',
    );
  } catch (error) {
    // A part left behind takes up room, which may be what was missing. The first error is the one to tell.
    await folder.remove(temporary).catch(() => {});
    throw error;
  }
}

async function isWhole({ folder, file }: DeliveryTask, path: string): Promise<boolean> {
  if ((await folder.size(path)) !== file.bytes) return false;
  if (file.bytes > folder.readBackBytes) return true;
  return (await hashOf(folder, path)) === file.sha256;
}

async function publish(task: DeliveryTask, { temporary, final }: Names): Promise<Delivery> {
  const { folder, file, reached } = task;
  await task.beforePublishing?.();
  task.signal.throwIfAborted();
  reached('remote-before-rename');
  await folder.rename(temporary, final);
  reached('remote-after-rename');
  if ((await folder.size(final)) === file.bytes) return { how: 'delivered' };
  if ((await folder.size(temporary)) === undefined) return { how: 'taken-meanwhile' };
  throw new Problem(
    'delivery-failed',
    `${folder.address}: the server says that ${file.name} has its name now, but it has not.`,
    'Show this message to the operator of the server. It is tried again by itself.',
  );
}

/** The SHA-256 of a file there in hex, or undefined when it is gone. */
async function hashOf(folder: RemoteFolder, path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of folder.read(path)) hash.update(chunk);
    return hash.digest('hex');
  } catch (error) {
    if ((await folder.size(path)) === undefined) return undefined;
    throw error;
  }
}

/** The file's content, checked on its way out to be what was promised. */
async function* sourceOf({ folder, file, signal }: DeliveryTask): AsyncGenerator<Uint8Array> {
  const { requestBytes } = folder;
  const readBytes = Math.ceil(leastReadBytes / requestBytes) * requestBytes;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const block of createReadStream(file.path, {
      highWaterMark: readBytes,
    })) {
      signal.throwIfAborted();
      hash.update(block);
      bytes += block.length;
      if (bytes > file.bytes) break;
      for (let at = 0; at < block.length; at += requestBytes) yield block.subarray(at, at + requestBytes);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw sourceChanged(file, messageOf(error), error);
  }
  if (bytes !== file.bytes) throw sourceChanged(file, `not ${file.bytes} bytes any more`);
  if (hash.digest('hex') !== file.sha256) throw sourceChanged(file, 'other content of the same size');
}

function sourceChanged(file: DeliveryFile, what: string, cause?: unknown): Problem {
  return new Problem(
    'delivery-source-changed',
    `${file.path} was changed while it waited for delivery: ${what}. Nothing was published.`,
    'Nobody may touch the outbox. Discard this snapshot and drop a new export of the stock: the same file is not taken twice.',
    { cause },
  );
}

function progressOf({ file, onProgress, reached }: DeliveryTask): (bytes: number) => void {
  let pastHalf = false;
  return (bytes) => {
    onProgress?.(bytes);
    if (pastHalf || bytes * 2 < file.bytes) return;
    pastHalf = true;
    reached('upload-half');
  };
}
