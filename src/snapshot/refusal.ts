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
