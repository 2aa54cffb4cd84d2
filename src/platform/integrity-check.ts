import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { checkIntegrity, type Database, damaged } from './database.ts';
import { messageOf, Problem } from './problem.ts';

const child = fileURLToPath(new URL('./integrity-child.ts', import.meta.url));

/** SQLite checks some 400 MB a second where the file is in memory: up to this size nobody waits for it. */
const atOnceBytes = 64 * 1024 * 1024;

export interface IntegrityCheck {
  /**
   * Resolves when the file is sound, or the check was stopped. Rejects with Problem `ledger-damaged`, or
   * `ledger-unchecked` when the check itself could not be made.
   */
  sound: Promise<void>;
  /** Gives the check up. */
  stop(): void;
}

/**
 * Has SQLite check the whole file: a small one before this returns, a large one beside everything else, so that a
 * start does not take longer the more a ledger has seen.
 *
 * @throws Problem `ledger-damaged`, of a small file
 */
export function startIntegrityCheck(database: Database, limitBytes: number = atOnceBytes): IntegrityCheck {
  if (statSync(database.name).size <= limitBytes) {
    checkIntegrity(database);
    return { sound: Promise.resolve(), stop: () => {} };
  }
  const giveUp = new AbortController();
  return { sound: checkAside(database.name, giveUp.signal), stop: () => giveUp.abort() };
}

async function checkAside(path: string, giveUp: AbortSignal): Promise<void> {
  const checking = spawn(process.execPath, [child, path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: giveUp,
    killSignal: 'SIGKILL',
  });
  yieldTo(checking.pid);
  try {
    const [damage, trouble, [code]] = await Promise.all([
      text(checking.stdout),
      text(checking.stderr),
      once(checking, 'close'),
    ]);
    if (code !== 0) throw new Error(trouble.trim().split('\n').at(-1) || `it ended with ${code}`);
    if (damage !== '') throw damaged(path, damage);
  } catch (error) {
    if (giveUp.aborted) return;
    if (error instanceof Problem) throw error;
    throw new Problem(
      'ledger-unchecked',
      `${path} could not be checked: ${messageOf(error)}`,
      'The service works on; run "flagship ledger verify" when there is time, and see why the check failed.',
      { cause: error },
    );
  }
}

/** Sales go before the check where there are few processors. */
function yieldTo(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not permit it: it then runs as everybody.
  }
}
