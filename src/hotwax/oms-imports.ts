import type { Find, Found } from './oms-find.ts';

/** What the OMS's Data Manager says of an imported file. */
export interface ImportSaid {
  logId: string;
  status: 'finished' | 'failed' | 'under-way';
  /** When it ended by the OMS's clock, epoch milliseconds; undefined when it did not, or does not say so clearly. */
  finishedAt: number | undefined;
}

// Names as HotWax's own Import App reads them; status ids differ between releases: SERVICE_FINISHED, DmlsFinished.
const fieldList = ['logId', 'statusId', 'contentName', 'createdDate', 'finishDateTime'];
const entityName = 'DataManagerLog';
const configId = 'RESET_INVENTORY';
const newest = 50;

/**
 * What the import log says of a Reset CSV, found by its name; undefined when it does not know the file yet.
 *
 * @throws what performFind throws
 */
export async function importOf(
  oms: { performFind(find: Find): Promise<Found> },
  resetName: string,
): Promise<ImportSaid | undefined> {
  const { docs } = await oms.performFind({
    entityName,
    inputFields: { configId },
    fieldList,
    viewSize: newest,
    orderBy: 'createdDate DESC',
  });
  const log = docs.find((doc) => Object.values(doc).some((value) => namesFile(value, resetName)));
  if (!log) return undefined;
  return {
    logId: String(log.logId ?? ''),
    status: statusOf(String(log.statusId ?? '')),
    finishedAt: momentOf(log.finishDateTime),
  };
}

/** Epoch milliseconds, or a text that says its zone; a wall-clock time of nobody knows where is none. */
function momentOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value > 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const moment = /^\d{12,14}$/.test(value)
    ? Number(value)
    : zoned.test(value)
      ? Date.parse(value)
      : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

const zoned = /\d(Z|[+-]\d\d:?\d\d)$/;

/** The Data Manager may keep a path, or put a time before or after the name. */
function namesFile(value: unknown, resetName: string): boolean {
  return typeof value === 'string' && value.includes(resetName.replace(/\.csv$/, ''));
}

function statusOf(statusId: string): ImportSaid['status'] {
  if (/finished/i.test(statusId)) return 'finished';
  return /failed|crashed|cancel/i.test(statusId) ? 'failed' : 'under-way';
}
