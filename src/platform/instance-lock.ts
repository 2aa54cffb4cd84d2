import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdExclusively } from './database.ts';
import { Problem } from './problem.ts';

export interface InstanceLock {
  release(): void;
}

/** "flagship status" takes the lock for an instant, to see whether a service has it. */
const waitMs = 1_000;

/**
 * One service per data folder. The lock is an open exclusive transaction on a small SQLite file: the operating
 * system drops it with the process, however that ends, so that nothing stale is ever left behind.
 *
 * @throws Problem `already-running`
 */
export function lockInstance(folder: string): InstanceLock {
  const lock = holdExclusively(join(folder, 'flagship.lock'), waitMs);
  const pidFile = join(folder, 'flagship.pid');
  if (!lock) {
    throw new Problem(
      'already-running',
      `Another Flagship (process ${readPid(pidFile)}) already works on ${folder}.`,
      'Stop it first (npx pm2 stop flagship), or give this one its own dataDir.',
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return lock;
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
