import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import { RecordReader } from '../csv/record-reader.ts';
import { recordsOfFile } from '../csv/records-of-file.ts';
import { type ResetLevel, ResetReading } from '../hotwax/reset-reading.ts';
import { messageOf, Problem } from '../platform/problem.ts';

/** A few milliseconds of work; then whoever sends has a turn. */
const levelsAtOnce = 500;

/**
 * The levels in a Reset CSV, some hundreds at a time, in constant memory.
 *
 * @throws Problem `reset-file-unreadable`
 */
export async function* levelsInReset(
  path: string,
  { columns, stores }: { columns: Configuration['reset']['columns']; stores: readonly Store[] },
): AsyncGenerator<ResetLevel[]> {
  const reader = new RecordReader('utf-8');
  let reading: ResetReading | undefined;
  try {
    const file = { path, name: path, maxUnpackedBytes: Number.POSITIVE_INFINITY };
    for await (const records of recordsOfFile(file, reader)) {
      let levels: ResetLevel[] = [];
      for (const { cells } of records) {
        if (!reading) {
          reading = new ResetReading(cells, columns, stores);
          if (!reading.isComplete) throw new Error(`its header is ${cells.join(',')}`);
          continue;
        }
        const level = reading.read(cells);
        if (level) levels.push(level);
        if (levels.length < levelsAtOnce) continue;
        yield levels;
        levels = [];
        await nextTurn();
      }
      yield levels;
    }
  } catch (error) {
    throw new Problem(
      'reset-file-unreadable',
      `${path} cannot be read as a Reset CSV: ${messageOf(error)}`,
      'Put the file back as it was delivered, or wait for the next reset.',
      { cause: error },
    );
  }
}
