import { Problem } from '../platform/problem.ts';
import { fromIso } from '../platform/time-zone.ts';
import type { Find, Found } from './oms-find.ts';

/** Whose variances are read: one product in one facility (the OMS's own id), under one reason. */
export interface VarianceRow {
  facilityId: string;
  idType: string;
  idValue: string;
  varianceReasonId: string;
}

/** One change of stock that the OMS has on record: signed quantity, and when by the OMS's clock (epoch milliseconds). */
export interface RecordedVariance {
  quantity: number;
  at: number;
}

// The names under which an OMS keeps variances. They are not documented and must be proven on the retailer's OMS,
// which ignores conditions on fields that it does not have: hence every record is compared here once more.
const entityName = 'InventoryItemVariance';
const quantityField = 'quantityOnHandVar';
const stampField = 'createdStamp';
const rowFields = ['facilityId', 'idType', 'idValue', 'varianceReasonId'] as const;

const pageSize = 100;
/** More records of one row and reason than this since a doubt arose say nothing about one call. */
const maxPages = 20;

/**
 * The variances of a row that the OMS recorded at or after `since` (epoch milliseconds), newest first.
 *
 * @throws Problem `read-back-unreadable` when the records are not of the expected shape, and what performFind throws
 */
export async function variancesSince(
  oms: { performFind(find: Find): Promise<Found> },
  row: VarianceRow,
  since: number,
): Promise<RecordedVariance[]> {
  const variances: RecordedVariance[] = [];
  for (let viewIndex = 0; viewIndex < maxPages; viewIndex += 1) {
    const { docs } = await oms.performFind({
      entityName,
      inputFields: { ...row },
      fieldList: [...rowFields, quantityField, stampField],
      viewSize: pageSize,
      viewIndex,
      orderBy: `${stampField} DESC`,
    });
    const page = docs.map((doc) => varianceIn(doc, row));
    variances.push(...page.filter((variance) => variance.at >= since));
    const complete = docs.length < pageSize || page.some((variance) => variance.at < since);
    if (complete) return variances;
  }
  throw unreadable(`more than ${maxPages * pageSize} records since the call`);
}

function varianceIn(doc: Record<string, unknown>, row: VarianceRow): RecordedVariance {
  for (const field of rowFields) {
    if (!(field in doc)) throw unreadable(`no ${field} in a record`);
    if (String(doc[field]).toUpperCase() !== row[field].toUpperCase()) {
      throw unreadable(`asked for ${field} ${row[field]}, answered with ${doc[field]}`);
    }
  }
  const quantity = Number(doc[quantityField] ?? Number.NaN);
  const at = stampOf(doc[stampField]);
  if (!Number.isFinite(quantity)) throw unreadable(`${quantityField} is ${doc[quantityField]}`);
  if (!Number.isFinite(at)) throw unreadable(`${stampField} is ${doc[stampField]}`);
  return { quantity, at };
}

/** Epoch milliseconds, as number or text, or ISO 8601 with a zone; a time without a zone could be any moment. */
function stampOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const text = String(value ?? '');
  if (/^\d{12,}$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? fromIso(text) : Number.NaN;
}

function unreadable(what: string): Problem {
  return new Problem(
    'read-back-unreadable',
    `The OMS's variance records are not as expected: ${what}.`,
    'Set oms.readBack to "off", settle doubts by hand, and compare performFind on InventoryItemVariance with what is expected.',
  );
}
