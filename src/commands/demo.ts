import { copyFileSync, mkdtempSync, renameSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../app.ts';
import { loadConfiguration } from '../config/configuration.ts';
import type { Clock } from '../platform/clock.ts';
import { exitCode } from '../platform/exit-code.ts';
import { createLogger } from '../platform/logger.ts';
import { Problem } from '../platform/problem.ts';
import { type RetailerSandbox, sampleFolder, startRetailerSandbox } from '../sandbox/retailer-sandbox.ts';
import { differences, readStock } from '../sandbox/smaregi-stock.ts';
import { type Command, print } from './command-line.ts';

const inventoryFile = 'zaiko_20261124_0300.csv';
const stockFile = 'smaregi_stock_20261124_0300.csv';
/** Far more than any machine needs; a demo that hangs must end. */
const patienceMs = 60_000;

/**
 * The main job, for real, on a fresh temporary folder: the service, an SFTP server and an OMS on loopback, and the
 * sample retailer's files. Exit code 0 only if the OMS ends with Smaregi's levels.
 */
export const demo: Command = async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'flagship-demo-'));
  const steps: string[] = [];
  const say = (line: string) => {
    steps.push(line);
    if (!context.json) context.out.write(`${line}\n`);
  };
  const world = await startRetailerSandbox(root, context.clock);
  try {
    const equal = await morningReset(world, context.clock, say);
    say(`Everything is still there to look at: ${root}`);
    if (context.json) print(context, { equal, folder: root, steps }, []);
    return equal ? exitCode.done : exitCode.failed;
  } finally {
    await world.close();
  }
};

async function morningReset(
  world: RetailerSandbox,
  clock: Clock,
  say: (line: string) => void,
): Promise<boolean> {
  const configuration = loadConfiguration(world.configPath, world.environment);
  const service = await startService({ configuration, clock, log: createLogger('silent') });
  const never = new AbortController().signal;
  try {
    say(
      `sandbox   an OMS at ${world.oms.url} and its SFTP server on port ${world.sftpPort}, both on loopback`,
    );
    say(`service   running on ${configuration.dataDir}, status at ${service.statusUrl}/status.json`);
    const stock = readStock(join(sampleFolder, stockFile));
    const compare = () => differences(stock, world.oms.levels, world.stores, configuration.inventory.idType);
    say(`before    ${compare().length} of ${stock.length} levels differ: the OMS knows nothing yet`);

    drop(inventoryFile, service.folders.inbox.inventory);
    say(`drop      ${inventoryFile} (CP932, as Smaregi writes it) into inbox/inventory`);
    const name = await untilDelivered(world.incoming, clock);
    const snapshot = service.snapshots.list()[0];
    say(
      `convert   ${snapshot?.rows} rows read, ${snapshot?.written} written for ${snapshot?.stores.length} stores, ` +
        `${snapshot?.rejected} rejected (warehouse rows, and one of each thing that goes wrong)`,
    );
    say(`deliver   ${name} by SFTP: uploaded under another name, verified, renamed`);

    const { files } = await world.oms.runResetJob();
    const [imported] = files;
    say(
      `reset     the OMS's 05:30 job read ${imported?.name}: ${imported?.rows} rows, ${imported?.failed} failed`,
    );
    const after = compare();
    for (const { storeId, productCode, quantity, inOms } of after.slice(0, 5)) {
      say(`differs   store ${storeId}, ${productCode}: Smaregi ${quantity}, OMS ${inOms}`);
    }
    say(
      after.length === 0
        ? `equal     all ${stock.length} levels of the OMS are Smaregi's`
        : `NOT EQUAL ${after.length} of ${stock.length} levels differ`,
    );
    return after.length === 0;
  } finally {
    await service.stop(never);
  }
}

/** As a person copies a file: under a name that nobody takes, then renamed. */
function drop(name: string, inbox: string): void {
  const part = join(inbox, `${name}.part`);
  copyFileSync(join(sampleFolder, name), part);
  renameSync(part, join(inbox, name));
}

async function untilDelivered(incoming: string, clock: Clock): Promise<string> {
  const end = clock.now() + patienceMs;
  while (clock.now() < end) {
    const name = (await readdir(incoming)).find((found) => found.endsWith('.csv'));
    if (name !== undefined) return name;
    await clock.sleep(50);
  }
  throw new Problem(
    'demo-stuck',
    'The Reset CSV did not arrive.',
    'Run "npm test"; it says what does not work here.',
  );
}
