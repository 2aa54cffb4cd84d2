import { Command as Commander, CommanderError, InvalidArgumentError } from 'commander';
import { addStockCommands } from './cli/stock-commands.ts';
import type { Command } from './commands/command-line.ts';
import { createContext } from './commands/command-line.ts';
import type { FilterOptions } from './commands/posting-filter.ts';
import type { ReplayOptions } from './commands/replay.ts';
import { configurationPath } from './config/configuration.ts';
import { type ExitCode, exitCode, exitCodeOf } from './platform/exit-code.ts';
import { messageOf, Problem } from './platform/problem.ts';

interface GlobalOptions {
  config?: string;
  json?: boolean;
}

let ending: ExitCode = exitCode.done;

process.exitCode = await main(process.argv);

/** Parses the arguments, runs one command and returns the exit code. Commands are loaded when they are asked for. */
async function main(argv: string[]): Promise<ExitCode> {
  const isJson = argv.includes('--json');
  try {
    await program().parseAsync(argv);
    return ending;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      reportFailure(error, isJson);
      return exitCodeOf(error);
    }
    if (error.exitCode === 0) return exitCode.done;
    // In words, commander has told its own errors already; an InvalidArgumentError is ours.
    if (isJson || error instanceof InvalidArgumentError) reportFailure(usageProblem(error), isJson);
    return exitCode.usage;
  }
}

function usageProblem({ code, message }: CommanderError): Problem {
  const what = code === 'commander.help' ? 'no command was given' : message.replace(/^error: /, '');
  return new Problem('usage', what, 'See "flagship --help" and "flagship COMMAND --help".');
}

function program(): Commander {
  const top = new Commander('flagship')
    .description('Keeps the stock that the OMS shows equal to the stock that Smaregi has.')
    .option('--config <file>', 'configuration (default: $FLAGSHIP_CONFIG, else data/flagship.json)')
    .option('--json', 'one JSON document on standard output and nothing else there')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(flagship --help lists the commands; flagship COMMAND --help explains one)')
    .addHelpText(
      'after',
      `\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused by a rule.`,
    )
    .exitOverride();

  top
    .command('run')
    .description('the service, in the foreground')
    .addHelpText(
      'after',
      '\nTakes files from inbox/ under dataDir and sees them delivered, until SIGINT (Ctrl-C) or SIGTERM: then it ' +
        'finishes\nwhat is in hand or puts it back. Under pm2: npx pm2 start ecosystem.config.js',
    )
    .action(async (_options, command: Commander) => {
      const { run } = await import('./commands/run.ts');
      const { config } = command.optsWithGlobals<GlobalOptions>();
      // Handles of the service may be closing still; its end is the process's end.
      process.exit(await run(configurationPath(config, process.env), process.env));
    });

  top
    .command('check')
    .description('try everything the service needs, one line each')
    .addHelpText(
      'after',
      '\nRun it after every change of the configuration; it changes nothing but missing folders.',
    )
    .option('--alarm', 'tell every alarm channel a test message', false)
    .action(
      act(async ({ alarm }: { alarm: boolean }) => {
        const { check, checkWithAlarm } = await import('./commands/check.ts');
        return alarm ? checkWithAlarm : check;
      }),
    );

  top
    .command('convert <input> <output>')
    .description('one inventory file to a Reset CSV: no ledger, no delivery')
    .option('--rejected <file>', 'where rejected rows go (default: OUTPUT.rejected.csv)')
    .addHelpText(
      'after',
      '\nExample:\n  npm run flagship -- convert zaiko.csv reset.csv --config data/sample/flagship.json',
    )
    .action(
      act(async (input: string, output: string, options: { rejected?: string }) =>
        (await import('./commands/convert.ts')).convertFile(input, output, options.rejected),
      ),
    );

  top
    .command('status')
    .description('is the stock right, and if not, what to do')
    .addHelpText('after', '\nReads the ledger; the service need not run.')
    .action(act(async () => (await import('./commands/status.ts')).status));

  addSnapshots(top);
  addPostings(top);

  addStockCommands(top, act, wholeNumber);

  top
    .command('sandbox')
    .description('an OMS, a Smaregi and an SFTP server on loopback, to try against')
    .addHelpText(
      'after',
      '\nIt says what to type in another terminal to run the service on it. Ctrl-C ends it.',
    )
    .option('--busy <n>', 'things a minute that happen in the stores of a Smaregi', wholeNumber)
    .action(
      act(async (options: { busy?: number }) => (await import('./commands/sandbox.ts')).sandbox(options)),
    );

  top
    .command('demo')
    .description('the main job on the sample retailer, from file to equal levels')
    .option('--live', 'a business day connected to Smaregi, in half a minute')
    .action(act(async (options: { live?: boolean }) => (await import('./commands/demo.ts')).demo(options)));

  addCare(top);

  return top;
}

function addSnapshots(top: Commander): void {
  const snapshots = top
    .command('snapshots')
    .description('the snapshots and what became of them')
    .option('--limit <n>', 'how many', wholeNumber, 30)
    .addHelpText(
      'after',
      '\nA held snapshot waits for a person. Look at its file in archive/ and at rejected/FILE.rejected.csv, then:\n' +
        '  flagship snapshots release 12 --reason "store 5 is closed for works"\n' +
        '  flagship snapshots discard 12 --reason "half a file"',
    )
    .action(
      act(async (options: { limit: number }) =>
        (await import('./commands/snapshots.ts')).listSnapshots(options.limit),
      ),
    );
  snapshots
    .command('release <id>')
    .description('deliver a held snapshot after all')
    .requiredOption('--reason <text>', 'why; it is kept', wording)
    .action(
      act(async (id: string, options: { reason: string }) =>
        (await import('./commands/snapshots.ts')).releaseSnapshot(wholeNumber(id), options.reason),
      ),
    );
  snapshots
    .command('discard <id>')
    .description('never deliver a snapshot; its files are kept')
    .requiredOption('--reason <text>', 'why; it is kept', wording)
    .action(
      act(async (id: string, options: { reason: string }) =>
        (await import('./commands/snapshots.ts')).discardSnapshot(wholeNumber(id), options.reason),
      ),
    );
  snapshots
    .command('applied <id>')
    .description('say when the OMS applied a delivered snapshot, or that it never will')
    .option('--at <moment>', 'when: "2026-11-24 05:42" or with a zone')
    .option('--never', 'the OMS did not and will not apply it')
    .requiredOption('--reason <text>', 'how that is known; it is kept')
    .action(
      act(async (id: string, options: { at?: string; never?: boolean; reason: string }) =>
        (await import('./commands/snapshots.ts')).confirmSnapshot(wholeNumber(id), options),
      ),
    );
}

function addPostings(top: Commander): void {
  addFilters(top.command('postings').description('movements as the OMS sees them: told or not'))
    .option('--limit <n>', 'how many (default: 100; with --json 100000)', wholeNumber)
    .action(
      act(async (options: FilterOptions & { limit?: number }) =>
        (await import('./commands/postings.ts')).postings(options),
      ),
    );
  addFilters(top.command('replay [ids...]').description('post again, on purpose, what is refused'))
    .option('--applied <no>', 'of what is in doubt: the OMS did not apply it')
    .option('--posted-again', 'of what is posted: the OMS lost it')
    .option('--again', 'also what was replayed twice already')
    .option('--dry-run', 'say what would be posted, and change nothing')
    .option('--reason <text>', 'why; it is kept', wording)
    .addHelpText('after', '\nExample:\n  flagship replay --store 3 --since 2026-11-24 --dry-run')
    .action(
      act(async (ids: string[], options: Omit<ReplayOptions, 'ids'>) =>
        (await import('./commands/replay.ts')).replay({ ...options, ids: ids.map(wholeNumber) }),
      ),
    );
  top
    .command('settle <ids...>')
    .description('close doubts, on evidence')
    .requiredOption('--applied <yes|no>', 'whether the OMS applied them')
    .requiredOption('--reason <text>', 'why; it is kept', wording)
    .action(
      act(async (ids: string[], options: { applied: string; reason: string }) =>
        (await import('./commands/settle.ts')).settle(ids.map(wholeNumber), options.applied, options.reason),
      ),
    );
  top
    .command('write-off <ids...>')
    .description('a refusal that needs no posting')
    .requiredOption('--reason <text>', 'why; it is kept', wording)
    .action(
      act(async (ids: string[], options: { reason: string }) =>
        (await import('./commands/settle.ts')).writeOff(ids.map(wholeNumber), options.reason),
      ),
    );
  top
    .command('explain <store> <product>')
    .description('the whole story of one number')
    .action(
      act(async (store: string, product: string) =>
        (await import('./commands/explain.ts')).explain(store, product),
      ),
    );
}

function addCare(top: Commander): void {
  top
    .command('ledger')
    .description('care of the ledger')
    .command('verify')
    .description('recompute everything from facts and compare; changes nothing')
    .action(act(async () => (await import('./commands/ledger-verify.ts')).verify()));
  top
    .command('backup <file>')
    .description('copy the ledger into a new file, while the service goes on')
    .action(act(async (file: string) => (await import('./commands/backup.ts')).backup(file)));
  top
    .command('archive')
    .description('move closed history into a file of its own')
    .requiredOption('--before <date>', 'what was recorded before this day, such as 2026-06-01')
    .option('--dry-run', 'count, and change nothing', false)
    .action(
      act(async (options: { before: string; dryRun: boolean }) =>
        (await import('./commands/archive.ts')).archive(options.before, options.dryRun),
      ),
    );
}

function addFilters(command: Commander): Commander {
  return command
    .option(
      '--state <states>',
      'due, held, waiting, sending, in-doubt, refused, posted, absorbed (with commas)',
    )
    .option('--store <store>', 'id, code or facility')
    .option('--product <code>', 'product code')
    .option('--transaction <id>', 'Smaregi transaction id')
    .option('--since <moment>', 'recorded at or after: 2026-11-24, "2026-11-24 05:30" or with a zone')
    .option('--until <moment>', 'recorded before');
}

/** Makes commander's action of a function that takes its arguments and options and gives a command. */
function act<Arguments extends unknown[]>(
  choose: (...parsed: Arguments) => Promise<Command>,
): (...parsed: unknown[]) => Promise<void> {
  return async (...parsed) => {
    const command = parsed.at(-1) as Commander;
    const options = command.optsWithGlobals<GlobalOptions>();
    const chosen = await choose(...(parsed.slice(0, -1) as Arguments));
    ending = await chosen(createContext(options, configurationPath(options.config, process.env)));
  };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(`"${text}" is no whole number.`);
  return Number(text);
}

function wording(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must say something.');
  return text.trim();
}

function reportFailure(error: unknown, json: boolean): void {
  const problem = error instanceof Problem ? error : undefined;
  if (json) {
    const document = {
      error: { code: problem?.code ?? 'failed', message: messageOf(error), advice: problem?.advice },
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  process.stderr.write(`${problem ? `[${problem.code}] ` : ''}${messageOf(error)}\n`);
  if (problem) process.stderr.write(`${problem.advice}\n`);
  else if (error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
}
