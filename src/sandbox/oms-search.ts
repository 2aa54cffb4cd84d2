// As much of OFBiz's performFind as anybody here uses.

export type Row = Readonly<Record<string, unknown>>;

export interface Search {
  inputFields: Readonly<Record<string, unknown>>;
  fieldList: readonly string[];
  viewSize: number;
  viewIndex: number;
  orderBy: string;
}

/** The rows that match, in order, one page of them, only the wanted fields. */
export function search(rows: readonly Row[], query: Search): { count: number; docs: Row[] } {
  const conditions = conditionsOf(query.inputFields);
  const matching = rows.filter((row) => conditions.every((condition) => holds(condition, row)));
  const from = query.viewIndex * query.viewSize;
  const page = ordered(matching, query.orderBy).slice(from, from + query.viewSize);
  return { count: matching.length, docs: page.map((row) => only(row, query.fieldList)) };
}

interface Condition {
  field: string;
  operator: string;
  value: unknown;
}

/** `x`, `x_op`, `x_value`, `x_fld0_value`, `x_fld0_op`, …: one condition per field and number. */
function conditionsOf(inputFields: Readonly<Record<string, unknown>>): Condition[] {
  const conditions = new Map<string, Condition>();
  for (const [name, value] of Object.entries(inputFields)) {
    const [, field = name, number = '', part = 'value'] =
      /^(.+?)(?:_(fld\d))?(?:_(op|value|ic))?$/.exec(name) ?? [];
    const key = `${field}#${number}`;
    const condition = conditions.get(key) ?? { field, operator: '', value: undefined };
    if (part === 'op') condition.operator = String(value);
    if (part === 'value') condition.value = value;
    conditions.set(key, condition);
  }
  return [...conditions.values()];
}

function holds({ field, operator, value }: Condition, row: Row): boolean {
  const found = row[field];
  switch (operator) {
    case '':
      return Array.isArray(value) ? value.some((one) => same(found, one)) : same(found, value);
    case 'equals':
      return same(found, value);
    case 'notEqual':
      return !same(found, value);
    case 'in':
      return Array.isArray(value) && value.some((one) => same(found, one));
    case 'empty':
      return found === null || found === undefined || found === '';
    case 'not-empty':
      return found !== null && found !== undefined && found !== '';
    case 'contains':
      return String(found ?? '').includes(String(value));
    case 'like':
      return String(found ?? '').startsWith(String(value));
    default:
      return holdsInOrder(operator, found, value);
  }
}

function holdsInOrder(operator: string, found: unknown, value: unknown): boolean {
  const order = compare(found, value);
  if (operator === 'lessThan') return order < 0;
  if (operator === 'lessThanEqualTo') return order <= 0;
  if (operator === 'greaterThan') return order > 0;
  if (operator === 'greaterThanEqualTo') return order >= 0;
  throw new Error(`performFind knows no operator ${operator}`);
}

function same(left: unknown, right: unknown): boolean {
  return String(left ?? '') === String(right ?? '');
}

/** Numbers (and stamps) by size, all else as text. */
function compare(left: unknown, right: unknown): number {
  const numbers = [Number(left), Number(right)] as const;
  if (numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
  return String(left).localeCompare(String(right), 'en');
}

/** `field`, `-field`, `field ASC`, `field DESC`, several with commas. */
function ordered(rows: readonly Row[], orderBy: string): Row[] {
  const keys = orderBy
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean)
    .map((key) => ({
      field: key.replace(/^[-+]/, '').split(' ')[0] ?? '',
      sign: key.startsWith('-') || / desc$/i.test(key) ? -1 : 1,
    }));
  return [...rows].sort((left, right) => {
    for (const { field, sign } of keys) {
      const order = compare(left[field], right[field]);
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function only(row: Row, fields: readonly string[]): Row {
  if (fields.length === 0) return row;
  return Object.fromEntries(fields.filter((field) => field in row).map((field) => [field, row[field]]));
}
