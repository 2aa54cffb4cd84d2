import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, ServiceProcess } from '../support/service-process.ts';

const commandLine = fileURLToPath(new URL('../../src/start.js', import.meta.url));
/** Where Smaregi sends its webhooks: what the service listens on when nobody says otherwise. */
const statusPort = 8180;

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]);
  server.close();
  return free;
}

test('a busy sandbox waits for a service, then its stores sell, and orders are packed', async ({ skip }) => {
  if (!(await isFree(statusPort))) skip(`port ${statusPort} is taken`);
  const child = spawn(process.execPath, [commandLine, 'sandbox', '--busy', '1200', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const world = await eventually('it says where it is', () => {
    try {
      return JSON.parse(printed) as {
        oms: string;
        smaregi: string;
        configPath: string;
        environment: Record<string, string>;
      };
    } catch {
      return undefined;
    }
  });
  const additions = async () =>
    (await (await fetch(`${world.smaregi}/sandbox/additions`)).json()) as unknown[];
  const calls = async () => (await (await fetch(`${world.oms}/sandbox/calls`)).json()) as { applied: number };
  expect(await calls()).toMatchObject({ applied: 0 });

  await ServiceProcess.start(world.configPath, world.environment);
  await eventually('sales are told and orders packed', async () => (await additions()).length > 5, 60_000);
  expect((await calls()).applied).toBeGreaterThan(20);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}, 120_000);
