import { readApiTime } from './api-time.ts';

/** One object of an answer. Smaregi writes every value as text, numbers too; nothing is taken for granted. */
export type ApiRow = Readonly<Record<string, unknown>>;

/** A field's text without blanks around; '' where it is absent, null or no text. */
export function textOf(row: ApiRow, field: string): string {
  const value = row[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** A whole number, within what a double holds exactly; undefined when the field is none. */
export function wholeOf(row: ApiRow, field: string): number | undefined {
  const text = textOf(row, field);
  if (!/^[+-]?\d{1,15}(\.0+)?$/.test(text)) return undefined;
  return Number(text) + 0;
}

/** A moment in epoch milliseconds; undefined when the field is none. */
export function momentOf(row: ApiRow, field: string): number | undefined {
  const text = textOf(row, field);
  return text === '' ? undefined : readApiTime(text);
}

/** The objects in a list, or the list in an answer; undefined when the text is neither. */
export function rowsIn(body: string): ApiRow[] | undefined {
  const parsed = parse(body);
  return Array.isArray(parsed) && parsed.every(isRow) ? parsed : undefined;
}

/** The object that an answer is; undefined when it is none. */
export function rowIn(body: string): ApiRow | undefined {
  const parsed = parse(body);
  return isRow(parsed) ? parsed : undefined;
}

export function isRow(value: unknown): value is ApiRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
