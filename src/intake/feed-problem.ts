import { messageOf, Problem, systemCode } from '../platform/problem.ts';

const noSpace = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** What to tell people when a file could not be taken in and the file is not to blame. */
export function feedProblem(feed: 'sales' | 'fulfilled', name: string, error: unknown): Problem {
  if (error instanceof Problem) return error;
  const message = `${name} could not be taken in: ${messageOf(error)}`;
  const options = { cause: error };
  if (noSpace.has(systemCode(error) ?? '')) {
    return new Problem(
      'disk-full',
      `${message}. No space is left on the disk.`,
      'Make room on the disk of the data folder; the file is kept and tried again.',
      options,
    );
  }
  const advice =
    'The file is kept and tried again, and nothing of it is counted twice. Check that the data folder is writable for the user that runs Flagship; if it fails again, keep the file and report the message.';
  return feed === 'sales'
    ? new Problem('sales-failed', message, advice, options)
    : new Problem('fulfilled-failed', message, advice, options);
}
