import type { Command as Commander } from 'commander';
import type { Command } from '../commands/command-line.ts';
import type { OnlineOptions } from '../commands/online.ts';
import type { ReconcileCommandOptions } from '../commands/reconcile.ts';
import type { WarehouseOptions } from '../commands/warehouse.ts';

/** Makes commander's action of a function that takes its arguments and options and gives a command. */
export type Act = <Arguments extends unknown[]>(
  choose: (...parsed: Arguments) => Promise<Command>,
) => (...parsed: unknown[]) => Promise<void>;

/** The commands about stock itself: what is allotted, what the web shop sees, whether the OMS agrees. */
export function addStockCommands(top: Commander, act: Act, wholeNumber: (text: string) => number): void {
  top
    .command('warehouse <input> <output>')
    .description('check a B2B/B2C split of warehouse stock, write the file that a person uploads')
    .option('--absolute', 'a Reset CSV of levels instead of changes', false)
    .option('--done', 'it is uploaded: the next split is compared with this one', false)
    .option('--facility <warehouse>', 'which warehouse (default: warehouse.facility, else the only one)')
    .addHelpText('after', '\nExample:\n  flagship warehouse split.csv upload.csv')
    .action(
      act(async (input: string, output: string, options: WarehouseOptions) =>
        (await import('../commands/warehouse.ts')).warehouse(input, output, options),
      ),
    );
  top
    .command('online')
    .description('what the web shop may sell: per product, the sum over the stores that take part')
    .option('--product <code>', 'of one product')
    .option('--output <file>', 'write a file, whole or not at all, instead of standard output')
    .action(act(async (options: OnlineOptions) => (await import('../commands/online.ts')).online(options)));
  top
    .command('reconcile')
    .description('compare what the OMS holds with what it should hold; 0 if equal')
    .option('--levels <file>', 'an exported CSV of levels instead of asking the OMS')
    .option(
      '--output <file>',
      'where the levels that differ are listed (default: in the archive folder of the day)',
    )
    .action(
      act(async (options: ReconcileCommandOptions) =>
        (await import('../commands/reconcile.ts')).reconcileLevels(options),
      ),
    );
  top
    .command('take-back <ids...>')
    .description('postings that the OMS has twice: send the opposite once')
    .requiredOption('--reason <text>', 'why; it is kept')
    .action(
      act(async (ids: string[], options: { reason: string }) =>
        (await import('../commands/settle.ts')).takeBack(ids.map(wholeNumber), options.reason),
      ),
    );
}
