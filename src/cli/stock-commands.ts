import type { Command as Commander } from 'commander';
import type { Command } from '../commands/command-line.ts';
import type { OnlineOptions } from '../commands/online.ts';
import type { WarehouseOptions } from '../commands/warehouse.ts';

/** Makes commander's action of a function that takes its arguments and options and gives a command. */
export type Act = <Arguments extends unknown[]>(
  choose: (...parsed: Arguments) => Promise<Command>,
) => (...parsed: unknown[]) => Promise<void>;

/** The commands about stock itself: what is allotted, what the web shop sees, whether the OMS agrees. */
export function addStockCommands(top: Commander, act: Act): void {
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
}
