import { Problem } from '../platform/problem.ts';

/** What is known of an error that ended a conversion, wherever it happened. */
export interface ConversionFailure {
  message: string;
  /** The system's code (`ENOSPC`, `ERR_WORKER_OUT_OF_MEMORY`, …), if it has one. */
  code?: string | undefined;
}

/** What to tell people when a conversion failed on our side; the input is not to blame. */
export function conversionProblem(inputName: string, failure: ConversionFailure, cause?: unknown): Problem {
  const { message, code } = failure;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Problem(
      'disk-full',
      `${inputName} could not be converted: no space left on the disk (${message}).`,
      'Make room on the disk of the data folder; the file is kept and tried again.',
      { cause },
    );
  }
  return new Problem(
    'conversion-failed',
    `${inputName} could not be converted: ${message}`,
    'The file is kept and tried again. Check that the folders are readable and writable for the user that runs Flagship; if it fails again, keep the file and report the message.',
    { cause },
  );
}
