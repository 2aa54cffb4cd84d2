import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../app.ts';
import { loadConfiguration } from '../config/configuration.ts';
import { exitCode } from '../platform/exit-code.ts';
import { createLogger } from '../platform/logger.ts';
import { startRetailerSandbox } from '../sandbox/retailer-sandbox.ts';
import { type Command, print } from './command-line.ts';
import { DemoDay } from './demo-day.ts';

/**
 * The main jobs, for real, on a fresh temporary folder: the service, an SFTP server and an OMS on loopback, and the
 * sample retailer's files. Exit code 0 only if the OMS ends with Smaregi's levels.
 */
export const demo: Command = async (context) => {
  const { clock } = context;
  const root = mkdtempSync(join(tmpdir(), 'flagship-demo-'));
  const steps: string[] = [];
  const say = (line: string) => {
    steps.push(line);
    if (!context.json) context.out.write(`${line}\n`);
  };
  const world = await startRetailerSandbox(root, clock);
  const configuration = loadConfiguration(world.configPath, world.environment);
  const service = await startService({ configuration, clock, log: createLogger('silent') });
  try {
    say(
      `sandbox   an OMS at ${world.oms.url} and its SFTP server on port ${world.sftpPort}, both on loopback`,
    );
    say(`service   running on ${configuration.dataDir}, status at ${service.statusUrl}/status.json`);
    const day = new DemoDay({ world, service, clock, idType: configuration.inventory.idType, say });
    const equal = (await day.morningReset()) && (await day.sales()) && (await day.resetAmongSales());
    say(`Everything is still there to look at: ${root}`);
    if (context.json) print(context, { equal, folder: root, steps }, []);
    return equal ? exitCode.done : exitCode.failed;
  } finally {
    await service.stop(new AbortController().signal);
    await world.close();
  }
};
