import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Channel } from '../alarm/channel.ts';
import { channelsOf } from '../alarm/channels.ts';
import { testMessage } from '../alarm/message.ts';
import { type Configuration, loadConfiguration, missingSecrets } from '../config/configuration.ts';
import { dataFolders, prepareFolders } from '../config/data-folders.ts';
import { type StoreKind, storesFor } from '../config/store-map.ts';
import { checkPlace, lookAtPlace } from '../delivery/check-place.ts';
import { createOmsClient, type OmsSettings } from '../hotwax/oms-client.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { Clock } from '../platform/clock.ts';
import { checkIntegrity } from '../platform/database.ts';
import { type ExitCode, exitCode, exitCodeOf } from '../platform/exit-code.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { createSmaregiClient, type SmaregiSettings } from '../smaregi/smaregi-client.ts';
import { type Command, type CommandContext, print } from './command-line.ts';

interface Finding {
  what: string;
  ok: boolean;
  code?: string;
  message: string;
  advice?: string;
}

/**
 * Tries everything that the service needs, one line each: configuration, secrets, store map, folders, database,
 * delivery, the OMS's token. Exit code 0 when all is well, 2 when the configuration is wrong, 1 otherwise.
 */
export const check: Command = async (context) => attemptAll(context, false);

/** As {@link check}, and tells every alarm channel a test. */
export const checkWithAlarm: Command = async (context) => attemptAll(context, true);

async function attemptAll(context: CommandContext, alarm: boolean): Promise<ExitCode> {
  const findings: Finding[] = [];
  const attempt = async (what: string, work: () => Promise<string> | string) => {
    try {
      findings.push({ what, ok: true, message: await work() });
    } catch (error) {
      const known = error instanceof Problem ? { code: error.code, advice: error.advice } : {};
      findings.push({ what, ok: false, message: messageOf(error), ...known });
    }
  };

  await attempt('configuration', () => {
    loadConfiguration(context.configPath, context.environment);
    return context.configPath;
  });
  if (findings[0]?.ok) {
    const configuration = loadConfiguration(context.configPath, context.environment);
    const folders = dataFolders(configuration.dataDir);
    await attempt('secrets', () => {
      const missing = missingSecrets(configuration);
      if (missing.length === 0) return 'all have a value';
      throw new Problem(
        'secret-missing',
        missing.join('; '),
        'Set them where the service runs; a shell of yours may not have them.',
      );
    });
    await attempt('store map', () => describeStores(configuration));
    await attempt('folders', async () => {
      await prepareFolders(folders);
      return folders.root;
    });
    await attempt('database', () => {
      const database = openLedger(folders.ledger);
      try {
        checkIntegrity(database);
        return folders.ledger;
      } finally {
        database.close();
      }
    });
    await attempt('delivery', async () => {
      const bytes = await largestWaiting(folders.outbox);
      return checkPlace(configuration.delivery, { clock: context.clock, signal: never, bytes });
    });
    const { oms } = configuration;
    if (oms) await attempt('oms', () => checkOms(oms, context.clock));
    const { smaregi } = configuration;
    if (smaregi) await attempt('smaregi', () => checkSmaregi(smaregi, context.clock));
    if (alarm) {
      const channels = channelsOf(configuration, context.clock);
      await attempt('alarms', () => tellTest(channels, context.clock));
    }
    const { fulfilled } = configuration;
    if (fulfilled) {
      await attempt('fulfilled', () => lookAtPlace(fulfilled, { clock: context.clock, signal: never }));
    }
  }
  print(context, findings, findings.map(toLine));
  const failed = findings.find((finding) => !finding.ok);
  return failed ? exitCodeOf(failed) : exitCode.done;
}

/** @throws Problem `alarm-not-told`, `usage` when there is no channel */
async function tellTest(channels: readonly Channel[], clock: Clock): Promise<string> {
  if (channels.length === 0) {
    throw new Problem('usage', 'no channel is configured.', 'Add alarms.webhooks or alarms.email.');
  }
  for (const channel of channels) await channel.tell(testMessage(clock.now()));
  return `${channels.map(({ name }) => name).join(', ')} took a test message`;
}

const never = new AbortController().signal;

/** Bytes of the largest file that waits for delivery: a disk that is full for it may still take a line. */
async function largestWaiting(outbox: string): Promise<number> {
  const names = await readdir(outbox).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(outbox, name))).size));
  return Math.max(0, ...sizes);
}

function describeStores(configuration: Configuration): string {
  const stores = storesFor(configuration);
  const count = (kind: StoreKind) => {
    const number = stores.filter((store) => store.kind === kind).length;
    return `${number} ${kind}${number === 1 ? '' : 's'}`;
  };
  return `${count('store')}, ${count('outlet')}, ${count('warehouse')} (${configuration.stores})`;
}

async function checkOms(oms: OmsSettings, clock: Clock): Promise<string> {
  const client = createOmsClient({ oms, clock });
  try {
    return await client.checkToken();
  } finally {
    await client.close();
  }
}

function toLine({ what, ok, code, message, advice }: Finding): string {
  if (ok) return `ok      ${what}: ${message}`;
  return `FAILED  ${what}: ${code ? `[${code}] ` : ''}${message}${advice ? `\n        ${advice}` : ''}`;
}

async function checkSmaregi(settings: SmaregiSettings, clock: Clock): Promise<string> {
  const client = createSmaregiClient({ settings, clock, random: () => 0 });
  try {
    return await client.checkToken();
  } finally {
    await client.close();
  }
}
