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
import { LiveDay } from './demo-live.ts';

/**
 * The main jobs, for real, on a fresh temporary folder: the service with an OMS, a Smaregi and an SFTP server on
 * loopback. By files, a day of the sample retailer; `live`, a day connected to Smaregi's API. Exit code 0 only if the
 * OMS ends with Smaregi's levels.
 */
export function demo({ live = false }: { live?: boolean }): Command {
  return async (context) => {
    const { clock } = context;
    const root = mkdtempSync(join(tmpdir(), 'flagship-demo-'));
    const steps: string[] = [];
    const say = (line: string) => {
      steps.push(line);
      if (!context.json) context.out.write(`${line}\n`);
    };
    const world = await startRetailerSandbox(root, clock, { connected: live });
    const configuration = loadConfiguration(world.configPath, world.environment);
    const service = await startService({ configuration, clock, log: createLogger('silent') });
    try {
      const { timeZone, dataDir } = configuration;
      const { idType } = configuration.inventory;
      say(
        `sandbox   an OMS at ${world.oms.url}${live ? `, a Smaregi at ${world.smaregi.url}` : ''} and an SFTP server on port ${world.sftpPort}, all on loopback`,
      );
      say(`service   running on ${dataDir}, status at ${service.statusUrl}/status.json`);
      const options = { world, service, clock, timeZone, idType, say };
      const equal = live ? await new LiveDay({ ...options, seed }).run() : await fileDay(options);
      say(`Everything is still there to look at: ${root}`);
      if (context.json) print(context, { equal, folder: root, steps }, []);
      return equal ? exitCode.done : exitCode.failed;
    } finally {
      await service.stop(new AbortController().signal);
      await world.close();
    }
  };
}

/** A demo is the same every time. */
const seed = 20_261_124;

async function fileDay(options: ConstructorParameters<typeof DemoDay>[0]): Promise<boolean> {
  const day = new DemoDay(options);
  return (await day.morningReset()) && (await day.sales()) && (await day.resetAmongSales());
}
