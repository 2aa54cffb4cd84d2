import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configurationSchema } from '../../src/config/schema.ts';
import type { Store } from '../../src/config/store-map.ts';
import { parseCsv } from '../../src/csv/parse.ts';
import { systemCode } from '../../src/platform/problem.ts';
import type { ConversionReport, ConversionRequest } from '../../src/snapshot/conversion.ts';
import { convert } from '../../src/snapshot/convert.ts';
import { SeenRows } from '../../src/snapshot/seen-rows.ts';
import { smallRetailer } from './small-retailer.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface ConversionSettings {
  name?: string;
  stores?: Store[];
  inventory?: object;
  reset?: object;
  maxUnpackedBytes?: number;
  /** Memory for what was seen; beyond it the disk is used. */
  rememberedBytes?: number;
}

/** A request for a file with this content, in a folder of its own that goes with the test. */
export async function conversionOf(
  content: string | Buffer,
  settings: ConversionSettings = {},
): Promise<ConversionRequest> {
  const { name = 'zaiko_20261124_0300.csv', stores = smallRetailer, maxUnpackedBytes = 1e9 } = settings;
  const folder = await temporaryFolder();
  const { inventory, reset } = configurationSchema.parse({
    delivery: { type: 'folder', directory: '.' },
    inventory: settings.inventory ?? {},
    reset: { columns: ['facilityId', 'idValue', 'availableQty'], ...settings.reset },
  });
  const { columns, lineEnd, comments, resetByAtp } = reset;
  const request = {
    input: join(folder, 'input'),
    inputName: name,
    output: join(folder, 'reset.csv'),
    rejected: join(folder, 'rejected.csv'),
    stores,
    inventory,
    reset: { columns, lineEnd, comments, ...(resetByAtp !== undefined && { resetByAtp }) },
    maxUnpackedBytes,
  };
  await writeFile(request.input, content);
  return request;
}

export interface Conversion {
  report: ConversionReport;
  /** Text of the Reset CSV, undefined when there is no such file. */
  reset: string | undefined;
  /** Rows of the file of rejections, without the byte order mark. */
  rejected: string[][] | undefined;
  rejectedText: string | undefined;
}

/** Converts in this thread and reads back what was written. */
export async function converted(
  content: string | Buffer,
  settings: ConversionSettings = {},
): Promise<Conversion> {
  const request = await conversionOf(content, settings);
  const { rememberedBytes } = settings;
  const seen = new SeenRows(dirname(request.output), request.stores.length, rememberedBytes);
  const report = await convert(request, {}, { seen });
  const rejectedText = await textOf(request.rejected);
  return {
    report,
    reset: await textOf(request.output),
    rejected: rejectedText === undefined ? undefined : parseCsv(rejectedText),
    rejectedText,
  };
}

/** The content of a file, undefined when there is none. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
