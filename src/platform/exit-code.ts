/** How a process of ours ends, for scripts and process managers. */
export const exitCode = {
  done: 0,
  failed: 1,
  /** Wrong usage or configuration: trying again without a change is useless. */
  usage: 2,
  /** Refused by a rule. */
  refused: 3,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

const usageCodes = new Set([
  'usage',
  'configuration-unreadable',
  'configuration-invalid',
  'conversion-same-file',
  'secret-missing',
  'stores-invalid',
  'warehouse-unclear',
  'products-unreadable',
]);
const refusedCodes = new Set([
  'already-running',
  'snapshot-unknown',
  'snapshot-state',
  'snapshot-empty',
  'reset-time',
  'posting-unknown',
  'posting-not-in-doubt',
  'posting-not-refused',
  'posting-not-posted',
  'decision-outdated',
  'backup-exists',
  'archive-busy',
  'split-unreadable',
  'warehouse-is-store',
  'levels-unknown',
  'allotment-differs',
]);

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return exitCode.failed;
  if (usageCodes.has(code)) return exitCode.usage;
  return refusedCodes.has(code) ? exitCode.refused : exitCode.failed;
}
