import { unpack } from '../platform/unpack.ts';
import type { CsvRecord, RecordReader } from './record-reader.ts';

/** A CSV file, and how it is packed. */
export interface CsvFile {
  path: string;
  /** As people named it: its ending says how it is packed. */
  name: string;
  maxUnpackedBytes: number;
}

/**
 * The records of a file, those of one piece of it at a time. `reader` may be told the width of the header meanwhile.
 *
 * @throws BadArchive, NotText; system errors as they are
 */
export async function* recordsOfFile(
  { path, name, maxUnpackedBytes }: CsvFile,
  reader: RecordReader,
): AsyncGenerator<Iterable<CsvRecord>> {
  const unpacked = await unpack(path, name, maxUnpackedBytes);
  for await (const piece of unpacked.content) yield reader.read(piece);
  yield reader.read(Buffer.alloc(0), true);
}
