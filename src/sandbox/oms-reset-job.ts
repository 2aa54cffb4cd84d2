import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseCsv } from '../csv/parse.ts';
import type { Clock } from '../platform/clock.ts';
import { durableRename, freePath, writeDurably } from '../platform/durable-file.ts';
import { messageOf } from '../platform/problem.ts';
import type { Levels } from './levels.ts';
import type { ImportLog, OmsRecords } from './oms-records.ts';
import { type ResetRow, readResetRow, resetColumns } from './oms-reset-row.ts';

export interface ResetJobOptions {
  /** Where Reset CSVs are put; `archive` and `error` are its siblings. */
  incoming: string;
  levels: Levels;
  records: OmsRecords;
  clock: Clock;
}

/** What one run of the job did. */
export interface ResetJobReport {
  files: { name: string; status: ImportLog['statusId']; rows: number; failed: number }[];
}

/**
 * Reads every `*.csv` of the incoming folder, as the OMS's daily job does: the file is taken out of the folder
 * first, good rows overwrite levels, bad rows go with their reason to a file in `error`, a file that is no Reset
 * CSV fails whole. Names that start with a dot are not looked at.
 */
export async function runResetJob(options: ResetJobOptions): Promise<ResetJobReport> {
  const names = (await readdir(options.incoming)).filter((name) => /^[^.].*\.csv$/i.test(name)).sort();
  const report: ResetJobReport = { files: [] };
  for (const name of names) report.files.push(await importFile(name, options));
  return report;
}

async function importFile(
  name: string,
  { incoming, levels, records, clock }: ResetJobOptions,
): Promise<ResetJobReport['files'][number]> {
  const archive = join(dirname(incoming), 'archive');
  const errors = join(dirname(incoming), 'error');
  await mkdir(errors, { recursive: true });
  const taken = await freePath(archive, name);
  await durableRename(join(incoming, name), taken);
  const log = openLog(name, records, clock.now());
  try {
    const rows = readRows(await readFile(taken));
    const failed = rows.flatMap((row) => {
      const reason = applyRow(row, levels, records, clock.now());
      return reason === undefined ? [] : [[...row.cells, reason]];
    });
    log.totalRecordCount = rows.length;
    log.failedRecordCount = failed.length;
    if (failed.length > 0) {
      const path = await freePath(errors, `failed_${name}`);
      await writeDurably(path, asCsv([[...(rows[0]?.header ?? []), 'error'], ...failed]));
      log.errorRecordContentId = path;
    }
    log.statusId = 'SERVICE_FINISHED';
  } catch (error) {
    await durableRename(taken, await freePath(errors, name));
    await writeDurably(join(errors, `${name}.reason.txt`), `${messageOf(error)}\n`);
    log.statusId = 'SERVICE_FAILED';
  }
  log.finishDateTime = clock.now();
  return { name, status: log.statusId, rows: log.totalRecordCount, failed: log.failedRecordCount };
}

function openLog(name: string, records: OmsRecords, now: number): ImportLog {
  const log: ImportLog = {
    logId: `M${100_000 + records.imports.length}`,
    configId: 'RESET_INVENTORY',
    statusId: 'SERVICE_RUNNING',
    contentName: name,
    createdDate: now,
    startDateTime: now,
    finishDateTime: null,
    totalRecordCount: 0,
    failedRecordCount: 0,
    errorRecordContentId: null,
  };
  records.imports.push(log);
  return log;
}

/** @throws Error when the file is not a Reset CSV at all */
function readRows(bytes: Buffer): ResetRow[] {
  const [header, ...lines] = parseCsv(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (!header || lines.length === 0) throw new Error('The file is empty.');
  const columns = resetColumns(header);
  return lines.map((cells) => ({ header, columns, cells }));
}

/** Overwrites one level. Returns why not, if not. A change is logged as a variance, as the OMS does. */
function applyRow(row: ResetRow, levels: Levels, records: OmsRecords, at: number): string | undefined {
  const read = readResetRow(row, levels);
  if ('reason' in read) return read.reason;
  const { facilityId, product, quantity, comments } = read;
  levels.learn(product);
  const difference = quantity - levels.get(facilityId, product);
  levels.set(facilityId, product, quantity);
  if (difference !== 0) {
    const varianceReasonId = 'VAR_EXT_RESET';
    records.addVariance({ facilityId, ...product, quantity: difference, varianceReasonId, comments, at });
  }
  return undefined;
}

function asCsv(rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
}
