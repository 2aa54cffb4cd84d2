import { createHash } from 'node:crypto';
import { Decoder } from '../csv/decode.ts';
import type { CsvRecord, RecordReader } from '../csv/record-reader.ts';
import { hashFile } from '../platform/file-hash.ts';
import { unpack } from '../platform/unpack.ts';

/** Where a file is, and how it is packed. */
export interface FeedContent {
  path: string;
  /** As dropped: its ending says how it is packed. */
  name: string;
  maxUnpackedBytes: number;
}

/**
 * Reads a file once to its end, to know before anything is recorded that it is whole and text. SHA-256, in hex, of
 * the CSV in it.
 *
 * @throws BadArchive, NotText
 */
export async function hashContent(
  { path, name, maxUnpackedBytes }: FeedContent,
  signal: AbortSignal,
): Promise<string> {
  const unpacked = await unpack(path, name, maxUnpackedBytes);
  const hash = createHash('sha256');
  const decoder = new Decoder('auto');
  for await (const piece of unpacked.content) {
    signal.throwIfAborted();
    hash.update(piece);
    decoder.push(piece);
  }
  decoder.end();
  return hash.digest('hex');
}

/** SHA-256 of the file as it is, in hex. */
export async function hashAsDropped({ path }: FeedContent): Promise<string> {
  return (await hashFile(path)).sha256;
}

/** The records of a file, one piece of it at a time. `reader` may be told the width of the header meanwhile. */
export async function* recordsOf(
  { path, name, maxUnpackedBytes }: FeedContent,
  reader: RecordReader,
): AsyncGenerator<Iterable<CsvRecord>> {
  const unpacked = await unpack(path, name, maxUnpackedBytes);
  const decoder = new Decoder('auto');
  for await (const piece of unpacked.content) yield reader.read(decoder.push(piece));
  yield reader.read(decoder.end(), true);
}
