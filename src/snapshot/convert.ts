import { createHash } from 'node:crypto';
import { Decoder, NotText } from '../csv/decode.ts';
import { RecordReader } from '../csv/record-reader.ts';
import { carryOn, type Reached } from '../platform/crash-point.ts';
import { hashFile } from '../platform/file-hash.ts';
import { BadArchive, type Unpacked, unpack } from '../platform/unpack.ts';
import type { ConversionProgress, ConversionReport, ConversionRequest } from './conversion.ts';
import { checkPaths, removeOutputs } from './conversion-paths.ts';
import { Refusal } from './refusal.ts';
import { RowConversion } from './row-conversion.ts';

/** Pieces (of 64 KiB) between two reports of progress. */
const piecesPerReport = 16;

/**
 * Streams one Smaregi inventory file into a Reset CSV and a CSV of rejected rows, in constant memory. Both are
 * durable (their names are the caller's to make so) before it resolves with `converted`; of a refused or failed
 * conversion neither is left.
 *
 * @throws system errors (ENOSPC, EACCES …) as they are; Problem `conversion-same-file`
 */
export async function convert(
  request: ConversionRequest,
  onProgress: (progress: ConversionProgress) => void = () => {},
  reached: Reached = carryOn,
): Promise<ConversionReport> {
  checkPaths(request);
  await removeOutputs(request);
  const reader = new RecordReader();
  const conversion = new RowConversion(request, (width) => {
    reader.width = width;
  });
  try {
    const unpacked = await unpack(request.input, request.inputName, request.maxUnpackedBytes);
    const { encoding, contentSha256 } = await pump(
      request,
      unpacked,
      reader,
      conversion,
      onProgress,
      reached,
    );
    const figures = await conversion.finish();
    onProgress(progressOf(unpacked, conversion));
    const input = unpacked.plain
      ? { bytes: unpacked.total, sha256: contentSha256 }
      : await hashFile(request.input);
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

async function pump(
  request: ConversionRequest,
  unpacked: Unpacked,
  reader: RecordReader,
  conversion: RowConversion,
  onProgress: (progress: ConversionProgress) => void,
  reached: Reached,
): Promise<{ encoding: Decoder['encoding']; contentSha256: string }> {
  const decoder = new Decoder(request.inventory.encoding);
  const hash = createHash('sha256');
  let pieces = 0;
  let isHalf = false;
  for await (const piece of unpacked.content) {
    hash.update(piece);
    await takeAll(reader, conversion, decoder.push(piece), false);
    pieces += 1;
    if (pieces % piecesPerReport === 0) onProgress(progressOf(unpacked, conversion));
    if (!isHalf && unpacked.readBytes() * 2 >= unpacked.total) {
      isHalf = true;
      await conversion.flush();
      reached('converting');
    }
  }
  await takeAll(reader, conversion, decoder.end(), true);
  return { encoding: decoder.encoding, contentSha256: hash.digest('hex') };
}

async function takeAll(
  reader: RecordReader,
  conversion: RowConversion,
  text: string,
  last: boolean,
): Promise<void> {
  for (const record of reader.read(text, last)) {
    conversion.take(record);
    if (conversion.isFull) await conversion.flush();
  }
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
