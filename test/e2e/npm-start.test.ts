import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { makeRetailer } from '../support/retailer.ts';
import { eventually } from '../support/service-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('"npm start" passes SIGTERM on: the service ends in order and leaves nothing running', async () => {
  const retailer = await makeRetailer({});
  const settings = { dataDir: 'data', status: null, delivery: { type: 'folder', directory: 'incoming' } };
  await writeFile(retailer.configPath, JSON.stringify(settings));
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, FLAGSHIP_CONFIG: retailer.configPath },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  npm.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await eventually('the service is up', () => output.includes('watching'));
  const pid = Number(await readFile(retailer.data('flagship.pid'), 'utf8'));
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  // Not before its last words are read, and nobody holds the other end any more.
  const closed = once(npm, 'close');
  npm.kill('SIGTERM');
  await closed;
  expect(output).toContain('stopped');
  await eventually('nothing is left running', () => !isRunning(pid));
}, 60_000);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
