import { messageOf, Problem, systemCode } from '../platform/problem.ts';

const noSpace = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** What to tell people when a sales file could not be taken in and the file is not to blame. */
export function salesProblem(name: string, error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (noSpace.has(systemCode(error) ?? '')) {
    return new Problem(
      'disk-full',
      `${name} could not be taken in: no space left on the disk (${messageOf(error)}).`,
      'Make room on the disk of the data folder; the file is kept and tried again.',
      { cause: error },
    );
  }
  return new Problem(
    'sales-failed',
    `${name} could not be taken in: ${messageOf(error)}`,
    'The file is kept and tried again, and nothing of it is counted twice. Check that the data folder is writable for the user that runs Flagship; if it fails again, keep the file and report the message.',
    { cause: error },
  );
}
