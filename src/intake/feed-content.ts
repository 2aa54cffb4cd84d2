import { createHash } from 'node:crypto';
import { EncodingSense } from '../csv/encoding-sense.ts';
import type { CsvFile } from '../csv/records-of-file.ts';
import { hashFile } from '../platform/file-hash.ts';
import { unpack } from '../platform/unpack.ts';

/**
 * Reads a file once to its end, to know before anything is recorded that it is whole and text. SHA-256, in hex, of
 * the CSV in it.
 *
 * @throws BadArchive, NotText
 */
export async function hashContent(
  { path, name, maxUnpackedBytes }: CsvFile,
  signal: AbortSignal,
): Promise<string> {
  const unpacked = await unpack(path, name, maxUnpackedBytes);
  const hash = createHash('sha256');
  const sense = new EncodingSense('auto');
  for await (const piece of unpacked.content) {
    signal.throwIfAborted();
    hash.update(piece);
    sense.push(piece);
  }
  sense.end();
  return hash.digest('hex');
}

/** SHA-256 of the file as it is, in hex. */
export async function hashAsDropped({ path }: CsvFile): Promise<string> {
  return (await hashFile(path)).sha256;
}
