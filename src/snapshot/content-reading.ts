import type { RecordReader } from '../csv/record-reader.ts';
import type { ConversionRequest } from './conversion.ts';

/** Which file is read, and how. */
export type ReadingRequest = Pick<ConversionRequest, 'input' | 'inputName' | 'maxUnpackedBytes'> &
  Pick<ConversionRequest['inventory'], 'encoding'>;

/** The CSV of one file as it is read for a conversion: unpacked, hashed, from its start as often as it is wanted. */
export interface ContentReading {
  /** From the start on. @throws Refusal; system errors as they are */
  begin(): Promise<void> | void;
  /** Gives the reader what comes next; false after the last. @throws Refusal; system errors as they are */
  feed(reader: RecordReader): Promise<boolean> | boolean;
  /** How much of `total` is read, in bytes of the same kind (packed for .gz, unpacked for .zip). */
  readonly readBytes: number;
  readonly total: number;
  /** After the last; undefined before. */
  readonly found: FoundContent | undefined;
  /** Lets go of everything. */
  close(): Promise<void> | void;
}

export interface FoundContent {
  /** Whether the content is the file itself, byte for byte. */
  plain: boolean;
  /** In hex. */
  sha256: string;
}
