import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeInventoryFile } from './inventory-file.ts';

// node bench/conversion.ts [MILLION_ROWS]: conversion of inventory files, each in a process of its own.

const rows = Number(process.argv[2] ?? 3) * 1e6;
const products = Math.round(rows / 30);
const cases = [
  ['30 stores, the same products, all cells quoted', { distinct: false, quoted: true }],
  ['30 stores, the same products, nothing quoted', { distinct: false, quoted: false }],
  ['no product twice, all cells quoted', { distinct: true, quoted: true }],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
try {
  for (const [name, shape] of cases) {
    const input = join(folder, 'zaiko.csv');
    await writeInventoryFile(input, { stores: 30, products, ...shape });
    const program = join(import.meta.dirname, 'conversion-once.ts');
    const result = JSON.parse(execFileSync(process.execPath, [program, input], { encoding: 'utf8' }));
    console.table({
      [name]: {
        rows: result.rows,
        'rows/s': Math.round(result.rows / result.seconds),
        'MB/s': Math.round(result.megabytes / result.seconds),
        'peak RSS MiB': Math.round(result.peakRssMegabytes),
        'timer late ms': Math.round(result.latestMs),
      },
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
