import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Figures, noFigures } from './figures.ts';
import { anyHistory } from './history.ts';
import { ledgerOnDisk } from './simulated-ledger.ts';
import { storyOf } from './story.ts';

// One process of the simulation: is sent orders, answers each.

export interface BatchOrder {
  seed: number;
  histories: number;
  /** Ledgers are files in this folder; undefined: in memory. */
  folder: string | undefined;
}

export interface BatchEnd {
  figures: Figures;
  /** The story of a history that failed. */
  failure: string | undefined;
}

async function live({ seed, histories, folder }: BatchOrder): Promise<BatchEnd> {
  const figures = noFigures();
  const place =
    folder === undefined ? {} : { makeLedger: () => freshFile(join(folder, `${process.pid}.db`)) };
  for (const [sales, numRuns] of [
    ['files', Math.ceil(histories / 2)],
    ['stock-changes', Math.floor(histories / 2)],
  ] as const) {
    if (numRuns === 0) continue;
    const details = await fc.check(anyHistory(sales, { figures, ...place }), { numRuns, seed });
    if (details.failed) return { figures, failure: await storyOf(details) };
  }
  return { figures, failure: undefined };
}

function freshFile(path: string): ReturnType<typeof ledgerOnDisk> {
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  return ledgerOnDisk(path);
}

process.on('message', (order: BatchOrder) => {
  live(order).then(
    (end) => process.send?.(end),
    (error: unknown) => process.send?.({ figures: noFigures(), failure: String(error) }),
  );
});
