import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/configuration.ts';
import { type DataFolders, dataFolders, prepareFolders } from '../config/data-folders.ts';
import { type LedgerRecords, ledgerRecords } from '../ledger/ledger-records.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { exists } from '../platform/durable-file.ts';
import type { ExitCode } from '../platform/exit-code.ts';
import { Problem } from '../platform/problem.ts';

/** What every command gets: where its configuration is, and where to write. */
export interface CommandContext {
  configPath: string;
  json: boolean;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
}

export type Command = (context: CommandContext) => Promise<ExitCode>;

/** What commands about the past and present need. They work whether or not the service runs. */
export interface OpenedLedger extends LedgerRecords {
  configuration: Configuration;
  folders: DataFolders;
}

export function createContext(
  options: { config?: string; json?: boolean },
  configPath: string,
): CommandContext {
  return {
    configPath,
    json: options.json ?? false,
    environment: process.env,
    clock: systemClock,
    out: process.stdout,
    err: process.stderr,
  };
}

/** Opens the ledger for one command and closes it afterwards. @throws Problem `ledger-absent` unless it may be made */
export async function withLedger<Result>(
  context: CommandContext,
  work: (ledger: OpenedLedger) => Promise<Result> | Result,
  { make = false }: { make?: boolean } = {},
): Promise<Result> {
  const configuration = loadConfiguration(context.configPath, context.environment);
  const folders = dataFolders(configuration.dataDir);
  if (make) await prepareFolders(folders);
  else if (!(await exists(folders.ledger))) {
    throw new Problem(
      'ledger-absent',
      `There is no ledger at ${folders.ledger} yet.`,
      'Start the service once (npm start), or name its configuration with --config FILE.',
    );
  }
  const database = openLedger(folders.ledger);
  try {
    return await work({ configuration, folders, ...ledgerRecords(database, context.clock) });
  } finally {
    database.close();
  }
}

/** One JSON document on standard output, or lines for people. */
export function print(context: CommandContext, document: unknown, lines: string[]): void {
  const text = context.json ? JSON.stringify(document, null, 2) : lines.join('\n');
  context.out.write(`${text}\n`);
}

/** Columns aligned for reading; the first row is the heading. */
export function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** Japanese characters take two places on a terminal. */
function displayWidth(text: string): number {
  return [...text].reduce((width, char) => width + (/[\u1100-\u115f\u2e80-\uffdc]/.test(char) ? 2 : 1), 0);
}

/** Who is at the keyboard, for the record. */
export function operator(environment: NodeJS.ProcessEnv): string {
  return environment.SUDO_USER || environment.USER || environment.LOGNAME || 'operator';
}
