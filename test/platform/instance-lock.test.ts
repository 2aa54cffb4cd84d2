import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockInstance } from '../../src/platform/instance-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Another process that holds the lock until it is killed, by itself after `ms`. */
async function holdElsewhere(folder: string, ms: number): Promise<ChildProcess> {
  const source = `
    import { holdExclusively } from ${JSON.stringify(new URL('../../src/platform/database.ts', import.meta.url))};
    globalThis.lock = holdExclusively(${JSON.stringify(join(folder, 'flagship.lock'))});
    console.log('held');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms});
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a look at the lock by a command does not keep the service from starting', async () => {
  const folder = await temporaryFolder();
  await holdElsewhere(folder, 100);
  lockInstance(folder).release();
});

test('a service that has the lock keeps another out, and its sudden end lets the next one in', async () => {
  const folder = await temporaryFolder();
  const other = await holdElsewhere(folder, 60_000);
  expect(() => lockInstance(folder)).toThrow('already works on');
  other.kill('SIGKILL');
  await once(other, 'exit');
  lockInstance(folder).release();
});
