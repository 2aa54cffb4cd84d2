import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { loadConfiguration } from '../config/configuration.ts';
import { storesFor } from '../config/store-map.ts';
import { type ExitCode, exitCode } from '../platform/exit-code.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import type { ConversionReport } from '../snapshot/conversion.ts';
import { convertInWorker } from '../snapshot/convert-in-worker.ts';
import { type Command, type CommandContext, print } from './command-line.ts';
import { ProgressBar } from './progress-bar.ts';

/** Converts one inventory file into a Reset CSV: no ledger, no guards, no delivery. */
export function convertFile(input: string, output: string, rejected: string | undefined): Command {
  return async (context) => {
    const configuration = loadConfiguration(context.configPath, context.environment);
    const from = resolve(input);
    await requirePaths(input, [output, ...(rejected === undefined ? [] : [rejected])]);
    const bar = new ProgressBar(context.err, context.clock);
    const startedAt = context.clock.now();
    const { columns, lineEnd, resetByAtp, comments } = configuration.reset;
    const report = await convertInWorker(
      {
        input: from,
        inputName: basename(from),
        output: resolve(output),
        rejected: resolve(rejected ?? `${output}.rejected.csv`),
        stores: storesFor(configuration),
        inventory: configuration.inventory,
        reset: { columns, lineEnd, comments, ...(resetByAtp !== undefined && { resetByAtp }) },
        maxUnpackedBytes: configuration.inbox.maxUnpackedMegabytes * 1024 * 1024,
      },
      { onProgress: (progress) => bar.show(progress) },
    );
    bar.clear();
    const seconds = Math.max(0.001, (context.clock.now() - startedAt) / 1000);
    return report.outcome === 'refused' ? showRefusal(context, report) : showReport(context, report, seconds);
  };
}

/** @throws Problem `usage` when the input is no file, or an output cannot be where it is wanted */
async function requirePaths(input: string, outputs: string[]): Promise<void> {
  const look = (path: string) =>
    stat(path).catch((error: unknown) => {
      throw new Problem('usage', messageOf(error), 'Correct the path.', { cause: error });
    });
  if (!(await look(input)).isFile()) {
    throw new Problem('usage', `${input} is no file.`, 'Name one inventory file.');
  }
  for (const output of outputs) {
    if ((await look(dirname(resolve(output)))).isDirectory()) continue;
    throw new Problem('usage', `${dirname(output)} is no folder.`, 'Name an output in a folder that exists.');
  }
}

function showRefusal(
  context: CommandContext,
  report: Extract<ConversionReport, { outcome: 'refused' }>,
): ExitCode {
  print(context, report, [`refused (${report.reason}): ${report.message}`]);
  return exitCode.refused;
}

function showReport(
  context: CommandContext,
  report: Extract<ConversionReport, { outcome: 'converted' }>,
  seconds: number,
): ExitCode {
  const megabytesPerSecond = report.inputBytes / 1e6 / seconds;
  const reasons = Object.entries(report.rejectedByReason).map(([reason, count]) => `${reason} ${count}`);
  print(context, { ...report, seconds, megabytesPerSecond }, [
    `rows read  ${report.rows}`,
    `written    ${report.written} for ${report.stores.length} stores`,
    `rejected   ${report.rejected}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`,
    `totals     ${report.totals} left out`,
    `negative   ${report.negatives}`,
    `encoding   ${report.encoding}, ${report.shape}`,
    `seconds    ${seconds.toFixed(2)}`,
    `MB/s       ${megabytesPerSecond.toFixed(1)}`,
  ]);
  return exitCode.done;
}
