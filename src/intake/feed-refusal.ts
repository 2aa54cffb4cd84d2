import { NotText } from '../csv/encoding-sense.ts';
import { BadArchive } from '../platform/bad-archive.ts';

export type FeedRefusalReason =
  | 'empty'
  | 'no-header'
  | 'missing-column'
  | 'bad-encoding'
  | 'bad-archive'
  | 'sales-elsewhere';

/** Why a whole file is not taken; the message says to people what was found and what to do. */
export class FeedRefusal extends Error {
  override readonly name = 'FeedRefusal';
  readonly reason: FeedRefusalReason;

  constructor(reason: FeedRefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The refusal that an error stands for, or undefined when the file is not to blame. */
export function asFeedRefusal(error: unknown): FeedRefusal | undefined {
  if (error instanceof FeedRefusal) return error;
  if (error instanceof BadArchive) return new FeedRefusal('bad-archive', error.message);
  if (error instanceof NotText) {
    return new FeedRefusal(
      'bad-encoding',
      `The file cannot be read as text: ${error.message}. Save it as CSV in UTF-8 or Shift_JIS.`,
    );
  }
  return undefined;
}
