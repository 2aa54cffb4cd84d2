import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { unknownProducts } from '../allotment/known-products.ts';
import { type ReadSplit, readSplit } from '../allotment/read-split.ts';
import { absoluteFile, sha256OfText, type UploadFile, varianceFile } from '../allotment/upload-file.ts';
import type { Configuration } from '../config/configuration.ts';
import { findStore, type Store, storesFor } from '../config/store-map.ts';
import { uploadPage } from '../hotwax/variance-csv.ts';
import { AllotmentRecords } from '../ledger/allotment-records.ts';
import { writeDurably } from '../platform/durable-file.ts';
import { type ExitCode, exitCode } from '../platform/exit-code.ts';
import { messageOf, Problem, systemCode } from '../platform/problem.ts';
import {
  type Command,
  type CommandContext,
  type OpenedLedger,
  operator,
  print,
  withLedger,
} from './command-line.ts';

export interface WarehouseOptions {
  absolute?: boolean;
  done?: boolean;
  facility?: string;
}

/** A file with more faults than this has one cause; the rest is counted. */
const shownFaults = 50;

/**
 * Checks a B2B/B2C split of warehouse stock and writes the file that a person uploads, whole or not at all; with
 * `done`, records that it was uploaded.
 */
export function warehouse(input: string, output: string, options: WarehouseOptions): Command {
  return (context) =>
    withLedger(context, (ledger) => split(context, ledger, resolve(input), resolve(output), options), {
      make: true,
    });
}

async function split(
  context: CommandContext,
  ledger: OpenedLedger,
  input: string,
  output: string,
  options: WarehouseOptions,
): Promise<ExitCode> {
  const { configuration, database } = ledger;
  const stores = storesFor(configuration);
  const place = theWarehouse(stores, options.facility ?? configuration.warehouse.facility);
  await checkFiles(input, output);
  const maxUnpackedBytes = configuration.inbox.maxUnpackedMegabytes * 1024 * 1024;
  const { columns } = configuration.warehouse;
  const read = await readSplit(
    { path: input, name: basename(input), maxUnpackedBytes },
    { columns, warehouse: place, stores },
  );
  const allotments = new AllotmentRecords(database);
  const known = { ...ledger, stores, allotments };
  const codes = read.rows.map(({ productCode }) => productCode);
  const { unknown, against } = await unknownProducts(codes, place.storeId, known);
  for (const { line, productCode } of read.rows) {
    if (!unknown.has(productCode)) continue;
    const message = `is in no snapshot, movement or allotment so far${configuration.warehouse.products ? ', nor in the list' : ''}`;
    read.faults.push({ line, productCode, reason: 'unknown-product', message });
  }
  if (read.faults.length > 0) return refuse(context, input, read);
  const file = options.absolute
    ? absoluteFile(read.rows, { warehouse: place, configuration })
    : varianceFile(read.rows, (product) => allotments.baseline(place.storeId, product)?.b2c ?? 0, {
        warehouse: place,
        configuration,
      });
  const about = { ...options, input, output, place, read, file, against };
  return options.done ? record(context, allotments, about) : write(context, configuration, allotments, about);
}

interface About extends WarehouseOptions {
  input: string;
  output: string;
  place: Store;
  read: ReadSplit;
  file: UploadFile;
  against: string[];
}

async function write(
  context: CommandContext,
  configuration: Configuration,
  allotments: AllotmentRecords,
  about: About,
): Promise<ExitCode> {
  const { output, place, read, file, against, absolute = false } = about;
  await writeOutput(output, file.text);
  const kind = absolute ? 'reset' : 'variance';
  const page = pageOf(configuration, kind);
  const last = allotments.last(place.storeId);
  const isKnown = ({ productCode }: { productCode: string }) =>
    allotments.baseline(place.storeId, productCode) !== undefined;
  const kept = allotments.products(place.storeId) - read.rows.filter(isKnown).length;
  const before = last ? `allotment ${last.id}, recorded by ${last.who}` : 'nothing: it is the first';
  print(context, { ...figuresOf(about), uploadPage: page ?? null, recorded: false, kept }, [
    `${output}: ${file.rows} ${absolute ? 'levels' : 'changes'}, together ${signed(file.units)}, for ${place.name}`,
    ...(absolute ? [] : [`Compared with ${before}; ${file.unchanged} products unchanged.`]),
    ...(kept > 0
      ? [`${kept} products allotted before are not in it and stay; a line with 0 withdraws one.`]
      : []),
    ...(against.length > 0
      ? []
      : ['Whether products exist was not checked: there is no snapshot and no warehouse.products yet.']),
    page ? `Upload it here: ${page}` : 'Upload it to the OMS; warehouse.uploadPages can name the page.',
    'Then run the same command with --done: the next split is compared with this one.',
  ]);
  return exitCode.done;
}

/** What is recorded must be what was written: the file is compared first. @throws Problem `allotment-differs` */
async function record(
  context: CommandContext,
  allotments: AllotmentRecords,
  about: About,
): Promise<ExitCode> {
  const { output, place, read, file, absolute = false } = about;
  const { storeId } = place;
  const last = allotments.last(storeId);
  const written = await textOf(output);
  if (last?.inputSha256 === read.inputSha256 && (!written || sha256OfText(written) === last.outputSha256)) {
    print(context, { ...figuresOf(about), recorded: true, allotment: last.id }, [
      `It is recorded already, as allotment ${last.id}; nothing was changed.`,
    ]);
    return exitCode.done;
  }
  if (written === undefined) await writeOutput(output, file.text);
  else if (written !== file.text) {
    throw new Problem(
      'allotment-differs',
      `${output} is not what ${about.input} gives now; nothing was recorded.`,
      'Run the command without --done, upload the file that it writes, then record it.',
    );
  }
  const { inputSha256 } = read;
  const at = context.clock.now();
  const who = operator(context.environment);
  const upload = { at, who, storeId, absolute, inputSha256, outputSha256: file.sha256 };
  const id = allotments.add(upload, read.rows);
  print(context, { ...figuresOf(about), recorded: true, allotment: id }, [
    `Recorded as uploaded: allotment ${id}, ${read.rows.length} products of ${place.name}.`,
    'The next split is compared with it.',
  ]);
  return exitCode.done;
}

function refuse(context: CommandContext, input: string, { faults, rows }: ReadSplit): ExitCode {
  const inOrder = faults.toSorted((a, b) => a.line - b.line);
  const lines = inOrder.slice(0, shownFaults).map(({ line, reason, productCode, message }) => {
    return `line ${line}: ${reason}: ${productCode ? `${productCode} ` : ''}${message}`;
  });
  const more = faults.length - lines.length;
  print(context, { outcome: 'refused', input, good: rows.length, faults: inOrder }, [
    `${input} is refused; nothing was written:`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ]);
  return exitCode.refused;
}

function figuresOf({ input, output, place, read, file, absolute, against }: About) {
  return {
    outcome: 'written',
    input,
    output,
    facilityId: place.facilityId,
    externalFacilityId: place.externalFacilityId,
    absolute: absolute ?? false,
    products: read.rows.length,
    rows: file.rows,
    unchanged: file.unchanged,
    units: file.units,
    checkedAgainst: against,
  };
}

/** @throws Problem `warehouse-unclear`, `warehouse-is-store`, `usage` */
function theWarehouse(stores: readonly Store[], named: string | null): Store {
  const found =
    named === null ? stores.filter(({ kind }) => kind === 'warehouse') : [findStore(named, stores)];
  const [only] = found;
  if (only && only.kind !== 'warehouse') {
    throw new Problem(
      'warehouse-is-store',
      `${only.name} is a ${only.kind}: its stock is Smaregi's, and is never allotted by hand.`,
      'Name a warehouse with --facility or warehouse.facility.',
    );
  }
  if (only && found.length === 1 && (only.facilityId || only.externalFacilityId)) return only;
  throw new Problem(
    'warehouse-unclear',
    `The store map has ${found.length} warehouses to choose from, or this one has no facility id.`,
    'Name a warehouse with --facility or warehouse.facility; it needs a facility id in the store map.',
  );
}

/** @throws Problem `usage` */
async function checkFiles(input: string, output: string): Promise<void> {
  const found = await stat(input).catch((error: unknown) => {
    throw new Problem('usage', `${input}: ${messageOf(error)}`, 'Name a file that exists.', { cause: error });
  });
  if (found.isFile() && input !== output) return;
  throw new Problem('usage', `${input} cannot be read, or is the output too.`, 'Name two different files.');
}

async function writeOutput(path: string, text: string): Promise<void> {
  await writeDurably(path, text).catch((error: unknown) => {
    throw new Problem(
      'output-failed',
      `${path} was not written: ${messageOf(error)}`,
      'Nothing of it is left. Look at the folder (is it there, writable, with room?) and run the command again.',
      { cause: error },
    );
  });
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function pageOf(configuration: Configuration, kind: 'variance' | 'reset'): string | undefined {
  const { oms } = configuration;
  return configuration.warehouse.uploadPages[kind] ?? (oms ? uploadPage(oms.baseUrl, kind) : undefined);
}

function signed(units: number): string {
  return units > 0 ? `+${units}` : String(units);
}
