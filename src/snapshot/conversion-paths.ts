import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Problem } from '../platform/problem.ts';
import type { ConversionRequest } from './conversion.ts';

/** An output that is the input would destroy it. @throws Problem `conversion-same-file` */
export function checkPaths({ input, output, rejected }: ConversionRequest): void {
  const paths = [input, output, rejected].map((path) => resolve(path));
  if (new Set(paths).size === paths.length) return;
  throw new Problem(
    'conversion-same-file',
    `Input, output and rejected rows must be three files: ${paths.join(', ')}.`,
    'Name another file for the output.',
  );
}

/** Removes what a conversion that ended early may have left. */
export async function removeOutputs({ output, rejected }: ConversionRequest): Promise<void> {
  await rm(output, { force: true });
  await rm(rejected, { force: true });
}

/** The same while the thread waits: for threads with nothing else to do. */
export function removeOutputsNow({ output, rejected }: ConversionRequest): void {
  rmSync(output, { force: true });
  rmSync(rejected, { force: true });
}
