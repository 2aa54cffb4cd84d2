import { NotText } from '../csv/encoding-sense.ts';
import { BadArchive } from '../platform/bad-archive.ts';
import type { RefusalReason } from './conversion.ts';

/** Why a whole file is not taken; the message says to people what was found and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What went wrong with reading a file, if the file is to blame. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof BadArchive) return new Refusal('bad-archive', error.message);
  if (error instanceof NotText) {
    const message = `The file cannot be read as text: ${error.message}. Save it as CSV in UTF-8 or Shift_JIS.`;
    return new Refusal('bad-encoding', message);
  }
  return undefined;
}
