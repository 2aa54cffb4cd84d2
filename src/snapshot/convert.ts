import { dirname } from 'node:path';
import { RecordReader } from '../csv/record-reader.ts';
import { carryOn, type Reached } from '../platform/crash-point.ts';
import { hashFile } from '../platform/file-hash.ts';
import type { ContentReading, FoundContent, ReadingRequest } from './content-reading.ts';
import type { ConversionProgress, ConversionReport, ConversionRequest } from './conversion.ts';
import { checkPaths, removeOutputsNow } from './conversion-paths.ts';
import { asRefusal } from './refusal.ts';
import { RowConversion } from './row-conversion.ts';
import { SeenRows } from './seen-rows.ts';

/** Bytes between two reports of progress. */
const bytesPerReport = 4 * 1024 * 1024;

/** Who is told of how it goes. */
export interface ConversionListeners {
  onProgress?: (progress: ConversionProgress) => void;
  reached?: Reached;
}

/** What it works with, in place of the usual. Both are fresh, and closed at the end. */
export interface ConversionMeans {
  seen?: SeenRows;
  reading?: ContentReading;
}

/**
 * Streams one Smaregi inventory file into a Reset CSV and a CSV of rejected rows, in constant memory. Both are in the
 * order of the input, and durable (their names are the caller's to make so) before it resolves with `converted`; of a
 * refused or failed conversion neither is left.
 *
 * @throws system errors (ENOSPC, EACCES …) as they are; Problem `conversion-same-file`
 */
export async function convert(
  request: ConversionRequest,
  { onProgress = () => {}, reached = carryOn }: ConversionListeners = {},
  means: ConversionMeans = {},
): Promise<ConversionReport> {
  checkPaths(request);
  const { input, inputName, maxUnpackedBytes, inventory } = request;
  const {
    seen = new SeenRows(dirname(request.output), request.stores.length),
    reading = await readingHere({ input, inputName, maxUnpackedBytes, encoding: inventory.encoding }),
  } = means;
  try {
    removeOutputsNow(request);
    return await convertSeeing(request, { seen, reading }, { onProgress, reached });
  } finally {
    seen.close();
    await reading.close();
  }
}

/** Loaded only here: a thread whose file is read by another starts without what unpacks. */
async function readingHere(request: ReadingRequest): Promise<ContentReading> {
  const { ReadingHere } = await import('./reading-here.ts');
  return new ReadingHere(request);
}

/** Converts in one pass, or in two when repeats are known only after the last row. */
async function convertSeeing(
  request: ConversionRequest,
  means: Required<ConversionMeans>,
  listeners: Required<ConversionListeners>,
): Promise<ConversionReport> {
  const { seen, reading } = means;
  const reader = new RecordReader(request.inventory.encoding);
  const conversion = new RowConversion(request, reader, seen);
  try {
    await reading.begin();
    const { plain, sha256: contentSha256 } = await pump(reading, reader, conversion, listeners);
    if (seen.settle()) {
      await conversion.discard();
      return await convertAgain(contentSha256, request, means, listeners);
    }
    const figures = await conversion.finish();
    listeners.onProgress(progressOf(reading, conversion));
    const input = plain ? { bytes: reading.total, sha256: contentSha256 } : await hashFile(request.input);
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
  means: Required<ConversionMeans>,
  { onProgress }: Required<ConversionListeners>,
): Promise<ConversionReport> {
  const onSecondHalf = (progress: ConversionProgress) => {
    const { bytesRead, bytesTotal } = progress;
    onProgress({ ...progress, bytesRead: bytesTotal + bytesRead, bytesTotal: 2 * bytesTotal });
  };
  const report = await convertSeeing(request, means, { onProgress: onSecondHalf, reached: carryOn });
  if (report.outcome === 'converted' && report.contentSha256 === contentSha256) return report;
  removeOutputsNow(request);
  throw new Error('the file was changed while it was read');
}

/** Converts all of the content, and says what it was. */
async function pump(
  reading: ContentReading,
  reader: RecordReader,
  conversion: RowConversion,
  { onProgress, reached }: Required<ConversionListeners>,
): Promise<FoundContent> {
  let reported = 0;
  let isHalf = false;
  while (await reading.feed(reader)) {
    conversion.takeRows();
    const { readBytes, total } = reading;
    if (readBytes - reported >= bytesPerReport) {
      reported = readBytes;
      onProgress(progressOf(reading, conversion));
    }
    if (!isHalf && readBytes * 2 >= total) {
      isHalf = true;
      conversion.flush();
      reached('converting');
    }
  }
  if (!reading.found) throw new Error('the file was not read to its end');
  return reading.found;
}

function progressOf({ readBytes, total }: ContentReading, { tally }: RowConversion): ConversionProgress {
  const { rows, written, rejected } = tally;
  return { bytesRead: readBytes, bytesTotal: total, rows, written, rejected };
}
