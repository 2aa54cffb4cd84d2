import type { ReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32, createGunzip } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { BadArchive } from './bad-archive.ts';
import { messageOf, systemCode } from './problem.ts';

/** The CSV inside a file as dropped. Nothing is held in memory but the piece being read. */
export interface Unpacked {
  /** Piece after piece; each is good until the next is asked for. */
  content: AsyncIterable<Buffer>;
  /** How much of `total` is read, in bytes of the same kind (packed for .gz, unpacked for .zip). */
  readBytes(): number;
  total: number;
  /** Whether `content` is the file itself, byte for byte. */
  plain: boolean;
}

/** Enough that asking for a piece costs little beside working on it. */
const pieceBytes = 256 * 1024;

/** More entries than any export has; a list without end would otherwise keep us busy. */
const maxZipEntries = 1_000;

/**
 * Opens a CSV that may be packed. `name` says how: `.csv.gz`, `.zip` with exactly one `.csv` in it, else plain.
 * Nothing of an archive is written to disk, and no path in it is used.
 *
 * @throws BadArchive here, or while `content` is read; system errors as they are
 */
export async function unpack(path: string, name: string, maxUnpackedBytes: number): Promise<Unpacked> {
  const ending = name.toLowerCase();
  if (ending.endsWith('.gz')) return gunzipped(path, maxUnpackedBytes);
  if (ending.endsWith('.zip')) return unzipped(path, maxUnpackedBytes);
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  let read = 0;
  const count = (bytes: number) => {
    read += bytes;
  };
  return { content: readAhead(handle, count), readBytes: () => read, total: size, plain: true };
}

/** Reads one piece while the one before is worked on, in two buffers for the whole file. */
async function* readAhead(handle: FileHandle, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  let [ahead, given] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  let reading = handle.read(ahead, 0, pieceBytes);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      [ahead, given] = [given, ahead];
      reading = handle.read(ahead, 0, pieceBytes);
      reading.catch(() => {}); // it is heard when it is waited for
      count(bytesRead);
      yield given.subarray(0, bytesRead);
    }
  } finally {
    await reading.catch(() => {});
    await handle.close();
  }
}

/** Opened at once, so that a missing file is an error here and not an event that nobody hears. */
async function openFile(path: string): Promise<{ file: ReadStream; size: number }> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return { file: handle.createReadStream({ highWaterMark: pieceBytes }), size };
}

async function gunzipped(path: string, maxBytes: number): Promise<Unpacked> {
  const { file, size } = await openFile(path);
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  file.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => file.destroy());
  return {
    content: limited(size === 0 ? file : file.pipe(gunzip), maxBytes),
    readBytes: () => file.bytesRead,
    total: size,
    plain: false,
  };
}

async function unzipped(path: string, maxBytes: number): Promise<Unpacked> {
  const { openPromise } = await import('yauzl'); // few files are zips
  // Names are compared as bytes: Windows writes them in CP932, whose characters may contain a backslash.
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false }).catch((error: unknown) => {
    throw asBadArchive(error);
  });
  try {
    const entry = await onlyCsv(zip);
    if (entry.uncompressedSize > maxBytes) throw tooLarge(maxBytes);
    const stream = await zip.openReadStreamPromise(entry);
    let read = 0;
    const count = (bytes: number) => {
      read += bytes;
    };
    return {
      content: checked(stream, zip, entry, maxBytes, count),
      readBytes: () => read,
      total: entry.uncompressedSize,
      plain: false,
    };
  } catch (error) {
    zip.close();
    throw asBadArchive(error);
  }
}

/** A zip's own sum is checked here: the library does not. */
async function* checked(
  stream: Readable,
  zip: ZipFile,
  entry: Entry,
  maxBytes: number,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let sum = 0;
  try {
    for await (const piece of limited(stream, maxBytes)) {
      sum = crc32(piece, sum);
      count(piece.length);
      yield piece;
    }
    if (sum !== entry.crc32) throw new BadArchive('The archive is damaged: its checksum does not match.');
  } finally {
    zip.close();
  }
}

async function* limited(stream: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield piece;
    }
  } catch (error) {
    throw asBadArchive(error);
  }
}

async function onlyCsv(zip: ZipFile): Promise<Entry> {
  if (zip.entryCount > maxZipEntries) {
    throw new BadArchive(`The archive holds ${zip.entryCount} entries; it must hold one CSV file.`);
  }
  const found: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (isCsv(entry.fileNameRaw.toString('latin1'))) found.push(entry);
  }
  const [entry] = found;
  if (!entry) throw new BadArchive('The archive holds no file whose name ends in .csv.');
  if (found.length > 1) {
    throw new BadArchive(`The archive holds ${found.length} CSV files; it must hold exactly one.`);
  }
  if (entry.isEncrypted())
    throw new BadArchive('The CSV in the archive is encrypted; pack it without a password.');
  if (!entry.canDecodeFileData()) {
    throw new BadArchive('The CSV is packed in a way that cannot be read; use an ordinary zip or gzip.');
  }
  return entry;
}

/** Folders, dot files and what macOS adds are not content. */
function isCsv(name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return /\.csv$/i.test(base) && !base.startsWith('.') && !name.startsWith('__MACOSX/');
}

function tooLarge(maxBytes: number): BadArchive {
  const megabytes = Math.floor(maxBytes / 1024 / 1024);
  return new BadArchive(
    `The archive is larger than ${megabytes} MiB unpacked (limit: inbox.maxUnpackedMegabytes in the configuration).`,
  );
}

/** Errors of the disk stay what they are; whatever else goes wrong is the archive's fault. */
function asBadArchive(error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof BadArchive || (code?.startsWith('E') && !code.startsWith('ERR_'))) return error;
  return new BadArchive(`The archive is damaged or incomplete (${messageOf(error)}).`, { cause: error });
}
