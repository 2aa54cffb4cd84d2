import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { storesFor } from '../config/store-map.ts';
import { exportedLevels } from '../levels/exported-levels.ts';
import type { HeldLevels } from '../levels/held-levels.ts';
import { omsLevels } from '../levels/oms-levels.ts';
import { type Reconciled, reconcile } from '../levels/reconcile.ts';
import { exitCode } from '../platform/exit-code.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { toIso } from '../platform/time-zone.ts';
import { type Command, type CommandContext, type OpenedLedger, print, withLedger } from './command-line.ts';

export interface ReconcileCommandOptions {
  levels?: string;
  output?: string;
}

/**
 * Compares what the OMS holds (or an exported file says it holds) with what it should hold. Exit code 0 when all levels
 * are equal, or as open postings explain; 1 when any differs.
 */
export function reconcileLevels({ levels, output }: ReconcileCommandOptions): Command {
  return (context) =>
    withLedger(context, async (ledger) => {
      const held = await heldLevels(context, ledger, levels);
      try {
        const found = await reconcile({
          ...ledger,
          stores: storesFor(ledger.configuration),
          held,
          output: output === undefined ? undefined : resolve(output),
          clock: context.clock,
          signal: new AbortController().signal,
        });
        print(context, toDocument(found), toLines(found));
        return found.equal + found.withinOpen === found.levels ? exitCode.done : exitCode.failed;
      } finally {
        await held.close();
      }
    });
}

async function heldLevels(
  { clock }: CommandContext,
  { configuration }: OpenedLedger,
  file: string | undefined,
): Promise<HeldLevels> {
  const stores = storesFor(configuration);
  if (file !== undefined) {
    await stat(file).catch((error: unknown) => {
      throw new Problem('usage', `${file}: ${messageOf(error)}`, 'Name a file that exists.', {
        cause: error,
      });
    });
    return exportedLevels(resolve(file), stores);
  }
  if (configuration.oms) {
    return omsLevels({ oms: configuration.oms, reconcile: configuration.reconcile, stores, clock });
  }
  throw new Problem(
    'usage',
    'There is no oms in the configuration.',
    'Compare an exported file: --levels FILE.',
  );
}

function toDocument({ at, examples, ...found }: Reconciled) {
  return { at: toIso(at), isEqual: found.equal + found.withinOpen === found.levels, ...found, examples };
}

function toLines(found: Reconciled): string[] {
  const { levels, equal, withinOpen, zeroed, lost, doubled, changed, driftFile, examples } = found;
  const count = (what: string, number: number) => `${what.padEnd(22)} ${number}`;
  return [
    `${levels} levels, as ${found.source === 'oms' ? 'the OMS holds them' : `${found.source} has them`}:`,
    count('equal', equal),
    count('within open postings', withinOpen),
    count('zeroed by a rule', zeroed),
    count('lost', lost),
    count('doubled', doubled),
    count('changed elsewhere', changed),
    ...examples.map(
      ({ class: name, facilityId, productCode, target, held, proposal }) =>
        `${name}: ${facilityId} ${productCode} should be ${target ?? 0}, is ${held}${proposal ? `: ${proposal}` : ''}`,
    ),
    ...(driftFile === null ? [] : [`All that differ are in ${driftFile}.`]),
  ];
}
