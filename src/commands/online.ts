import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { storesFor } from '../config/store-map.ts';
import { csvText } from '../csv/write.ts';
import { ExpectedLevels } from '../levels/expected-levels.ts';
import { type OnlineFigure, onlineFigures } from '../levels/online-figure.ts';
import { exitCode } from '../platform/exit-code.ts';
import { OutputFile } from '../platform/output-file.ts';
import { type Command, type CommandContext, withLedger } from './command-line.ts';

export interface OnlineOptions {
  product?: string;
  output?: string;
}

/** Writes the consolidated online figure of every product, as CSV or JSON, a piece at a time. */
export function online(options: OnlineOptions): Command {
  return (context) =>
    withLedger(context, async (ledger) => {
      const stores = storesFor(ledger.configuration);
      const byId = new Map(stores.map((store) => [store.storeId, store]));
      const levels = await ExpectedLevels.gather({ ...ledger, stores });
      const { idType } = ledger.configuration.inventory;
      const write = context.json ? jsonWriter(idType) : csvWriter(idType);
      const target = await openTarget(context, options.output);
      try {
        await target.write(write.start);
        for (const rows of levels.byProduct()) {
          const figures = onlineFigures(rows, byId).filter(
            ({ productCode }) => options.product === undefined || productCode === options.product,
          );
          if (figures.length > 0) await target.write(write.figures(figures));
        }
        await target.write(write.end());
        await target.finish();
      } catch (error) {
        await target.discard();
        throw error;
      } finally {
        levels.close();
      }
      return exitCode.done;
    });
}

interface FigureWriter {
  start: string;
  figures(figures: readonly OnlineFigure[]): string;
  end(): string;
}

function csvWriter(idType: string): FigureWriter {
  return {
    start: csvText([['idType', 'idValue', 'quantity', 'open', 'stores']], 'lf'),
    figures: (figures) =>
      csvText(
        figures.map(({ productCode, quantity, open, stores }) => [
          idType,
          productCode,
          String(quantity),
          String(open),
          stores.map((store) => `${store.facilityId}=${store.quantity}`).join(' '),
        ]),
        'lf',
      ),
    end: () => '',
  };
}

function jsonWriter(idType: string): FigureWriter {
  let first = true;
  return {
    start: '[',
    figures: (figures) =>
      figures
        .map(({ productCode: idValue, ...figure }) => {
          const separator = first ? '\n' : ',\n';
          first = false;
          return separator + JSON.stringify({ idType, idValue, ...figure });
        })
        .join(''),
    end: () => '\n]\n',
  };
}

interface Target {
  write(text: string): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** Standard output, or a file that is there whole or not at all. */
async function openTarget({ out }: CommandContext, path: string | undefined): Promise<Target> {
  if (path === undefined) {
    return {
      async write(text) {
        if (!out.write(text)) await once(out, 'drain');
      },
      finish: async () => {},
      discard: async () => {},
    };
  }
  const target = resolve(path);
  const temporary = join(dirname(target), `.${basename(target)}.tmp`);
  const file = await OutputFile.create(temporary);
  return {
    write: (text) => file.write(text),
    async finish() {
      await file.finish();
      await rename(temporary, target);
    },
    discard: () => file.discard(),
  };
}
