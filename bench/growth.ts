import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InventoryShape, writeInventoryFile } from './inventory-file.ts';
import type { Ran } from './peers/peers.ts';

// node bench/growth.ts [1,2,5,10]: time and memory of one conversion over millions of rows, each in a process of its own.

const millions = (process.argv[2] ?? '1,2,5,10').split(',').map(Number);
const shapes: Record<string, Omit<InventoryShape, 'rows'>> = {
  '30 stores, the same products': { stores: 30, encoding: 'cp932', quoted: true },
  'no product twice': { stores: 30, encoding: 'cp932', quoted: true, distinct: true },
};

const folder = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
try {
  for (const [name, shape] of Object.entries(shapes)) {
    const results: Record<string, object> = {};
    for (const count of millions) {
      const input = join(folder, 'zaiko.csv');
      await writeInventoryFile(input, { ...shape, rows: count * 1e6 });
      const program = join(import.meta.dirname, 'conversion-once.ts');
      const said = execFileSync(process.execPath, [program, input, join(folder, 'out.csv')], {
        encoding: 'utf8',
      });
      const ran: Ran = JSON.parse(said);
      results[`${count} million rows`] = {
        'seconds a million': Number((ran.seconds / count).toFixed(2)),
        'MB/s': Math.round(statSync(input).size / 1e6 / ran.seconds),
        'resident MB': Math.round(ran.residentMegabytes),
        'timer late ms': Math.round(ran.latestMs ?? 0),
      };
    }
    console.log(name);
    console.table(results);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
