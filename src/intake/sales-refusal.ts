import { NotText } from '../csv/decode.ts';
import { BadArchive } from '../platform/unpack.ts';

export type SalesRefusalReason =
  | 'empty'
  | 'no-header'
  | 'missing-column'
  | 'bad-encoding'
  | 'bad-archive'
  | 'sales-elsewhere';

/** Why a whole sales file is not taken; the message says to people what was found and what to do. */
export class SalesRefusal extends Error {
  override readonly name = 'SalesRefusal';
  readonly reason: SalesRefusalReason;

  constructor(reason: SalesRefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The refusal that an error stands for, or undefined when the file is not to blame. */
export function asSalesRefusal(error: unknown): SalesRefusal | undefined {
  if (error instanceof SalesRefusal) return error;
  if (error instanceof BadArchive) return new SalesRefusal('bad-archive', error.message);
  if (error instanceof NotText) {
    return new SalesRefusal(
      'bad-encoding',
      `The file cannot be read as text: ${error.message}. Save it as CSV in UTF-8 or Shift_JIS.`,
    );
  }
  return undefined;
}
