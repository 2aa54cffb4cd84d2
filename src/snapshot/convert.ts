import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NotText } from '../csv/encoding-sense.ts';
import { RecordReader } from '../csv/record-reader.ts';
import { type ContentHash, contentHash } from '../platform/content-hash.ts';
import { carryOn, type Reached } from '../platform/crash-point.ts';
import { hashFile } from '../platform/file-hash.ts';
import { HashThread } from '../platform/hash-thread.ts';
import { BadArchive, type Unpacked, unpack } from '../platform/unpack.ts';
import type { ConversionProgress, ConversionReport, ConversionRequest } from './conversion.ts';
import { checkPaths, removeOutputs } from './conversion-paths.ts';
import { Refusal } from './refusal.ts';
import { RowConversion } from './row-conversion.ts';
import { SeenRows } from './seen-rows.ts';

const nothing = Buffer.alloc(0);

/** A file from this size on is worth a thread that hashes beside us: it takes as long to start as this to convert. */
const worthAThreadBytes = 8 * 1024 * 1024;

/** Bytes between two reports of progress. */
const bytesPerReport = 1024 * 1024;

/**
 * Streams one Smaregi inventory file into a Reset CSV and a CSV of rejected rows, in constant memory. Both are in the
 * order of the input, and durable (their names are the caller's to make so) before it resolves with `converted`; of a
 * refused or failed conversion neither is left. `seen` is fresh, and closed at the end.
 *
 * @throws system errors (ENOSPC, EACCES …) as they are; Problem `conversion-same-file`
 */
export async function convert(
  request: ConversionRequest,
  onProgress: (progress: ConversionProgress) => void = () => {},
  reached: Reached = carryOn,
  seen = new SeenRows(dirname(request.output), request.stores.length),
): Promise<ConversionReport> {
  checkPaths(request);
  await removeOutputs(request);
  const { size } = await stat(request.input);
  const thread = size >= worthAThreadBytes ? new HashThread() : undefined;
  const newHash = () => thread?.newHash() ?? contentHash();
  try {
    return await convertSeeing(request, seen, newHash, onProgress, reached);
  } finally {
    seen.close();
    await thread?.close();
  }
}

/** Converts in one pass, or in two when repeats are known only after the last row. */
async function convertSeeing(
  request: ConversionRequest,
  seen: SeenRows,
  newHash: () => ContentHash,
  onProgress: (progress: ConversionProgress) => void,
  reached: Reached,
): Promise<ConversionReport> {
  const reader = new RecordReader(request.inventory.encoding);
  const conversion = new RowConversion(request, reader, newHash(), seen);
  try {
    const unpacked = await unpack(request.input, request.inputName, request.maxUnpackedBytes);
    const contentSha256 = await pump(unpacked, newHash(), reader, conversion, onProgress, reached);
    if (seen.settle()) {
      await conversion.discard();
      return await convertAgain(contentSha256, request, seen, newHash, onProgress);
    }
    const figures = await conversion.finish();
    onProgress(progressOf(unpacked, conversion));
    const input = unpacked.plain
      ? { bytes: unpacked.total, sha256: contentSha256 }
      : await hashFile(request.input);
    const { encoding } = reader;
    return { ...figures, encoding, contentSha256, inputBytes: input.bytes, inputSha256: input.sha256 };
  } catch (error) {
    await conversion.discard();
    const refusal = asRefusal(error);
    if (!refusal) throw error;
    const input = await hashFile(request.input);
    return {
      outcome: 'refused',
      reason: refusal.reason,
      message: refusal.message,
      inputBytes: input.bytes,
      inputSha256: input.sha256,
    };
  }
}

async function convertAgain(
  contentSha256: string,
  request: ConversionRequest,
  seen: SeenRows,
  newHash: () => ContentHash,
  onProgress: (progress: ConversionProgress) => void,
): Promise<ConversionReport> {
  const onSecondHalf = (progress: ConversionProgress) => {
    const { bytesRead, bytesTotal } = progress;
    onProgress({ ...progress, bytesRead: bytesTotal + bytesRead, bytesTotal: 2 * bytesTotal });
  };
  const report = await convertSeeing(request, seen, newHash, onSecondHalf, carryOn);
  if (report.outcome === 'converted' && report.contentSha256 === contentSha256) return report;
  await removeOutputs(request);
  throw new Error('the file was changed while it was read');
}

/** Converts all of the content. Its SHA-256, in hex. */
async function pump(
  unpacked: Unpacked,
  hash: ContentHash,
  reader: RecordReader,
  conversion: RowConversion,
  onProgress: (progress: ConversionProgress) => void,
  reached: Reached,
): Promise<string> {
  let reported = 0;
  let isHalf = false;
  for await (const piece of unpacked.content) {
    await hash.update(piece);
    reader.push(piece);
    while (!conversion.takeRows()) await conversion.makeRoom();
    const read = unpacked.readBytes();
    if (read - reported >= bytesPerReport) {
      reported = read;
      onProgress(progressOf(unpacked, conversion));
    }
    if (!isHalf && read * 2 >= unpacked.total) {
      isHalf = true;
      await conversion.flush();
      reached('converting');
    }
  }
  reader.push(nothing, true);
  while (!conversion.takeRows()) await conversion.makeRoom();
  return await hash.digest();
}

function progressOf(unpacked: Unpacked, { tally }: RowConversion): ConversionProgress {
  const { rows, written, rejected } = tally;
  return { bytesRead: unpacked.readBytes(), bytesTotal: unpacked.total, rows, written, rejected };
}

function asRefusal(error: unknown): Pick<Refusal, 'reason' | 'message'> | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof BadArchive) return { reason: 'bad-archive', message: error.message };
  if (error instanceof NotText) {
    const message = `The file cannot be read as text: ${error.message}. Save it as CSV in UTF-8 or Shift_JIS.`;
    return { reason: 'bad-encoding', message };
  }
  return undefined;
}
