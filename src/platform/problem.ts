/**
 * An error written for the person who has to act: what happened, and what to do about it.
 *
 * `code` is stable and listed in docs/operations.md; `message` names the file, row, store or posting;
 * `advice` says what to do next. Neither ever contains a secret.
 */
export class Problem extends Error {
  readonly code: string;
  readonly advice: string;

  constructor(code: string, message: string, advice: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Problem';
    this.code = code;
    this.advice = advice;
  }
}

/** The message of anything thrown, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error (`ENOENT`, `ECONNREFUSED`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
