import { loadConfiguration, missingSecrets } from '../config/configuration.ts';
import { dataFolders, prepareFolders } from '../config/data-folders.ts';
import { loadStores } from '../config/store-map.ts';
import { checkPlace, lookAtPlace } from '../delivery/check-place.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { checkIntegrity } from '../platform/database.ts';
import { exitCode, exitCodeOf } from '../platform/exit-code.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { type Command, print } from './command-line.ts';

interface Finding {
  what: string;
  ok: boolean;
  code?: string;
  message: string;
  advice?: string;
}

/**
 * Tries everything that the service needs, one line each: configuration, secrets, store map, folders, database,
 * delivery. Exit code 0 when all is well, 2 when the configuration is wrong, 1 otherwise.
 */
export const check: Command = async (context) => {
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
    await attempt('store map', () => describeStores(configuration.stores));
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
    await attempt('delivery', () =>
      checkPlace(configuration.delivery, { clock: context.clock, signal: never }),
    );
    const { fulfilled } = configuration;
    if (fulfilled) {
      await attempt('fulfilled', () => lookAtPlace(fulfilled, { clock: context.clock, signal: never }));
    }
  }
  print(context, findings, findings.map(toLine));
  const failed = findings.find((finding) => !finding.ok);
  return failed ? exitCodeOf(failed) : exitCode.done;
};

const never = new AbortController().signal;

function describeStores(path: string): string {
  const stores = loadStores(path);
  const count = (kind: string) => stores.filter((store) => store.kind === kind).length;
  return `${count('store')} stores, ${count('outlet')} outlets, ${count('warehouse')} warehouses (${path})`;
}

function toLine({ what, ok, code, message, advice }: Finding): string {
  if (ok) return `ok      ${what}: ${message}`;
  return `FAILED  ${what}: ${code ? `[${code}] ` : ''}${message}${advice ? `\n        ${advice}` : ''}`;
}
