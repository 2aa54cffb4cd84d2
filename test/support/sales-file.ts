/** One line of a sales file, as the Platform API's columns have it. */
export interface SalesLine {
  transaction: number;
  line?: number;
  store?: string;
  product: string;
  quantity: number;
  /** Moments in UTC, ISO 8601. */
  at?: string;
  updated?: string;
  cancelled?: boolean;
  returned?: boolean;
}

/** A sales file (UTF-8, the API's column names) from its lines. */
export function salesFile(lines: readonly SalesLine[]): string {
  const header =
    'transactionHeadId,transactionDetailId,storeId,productCode,quantity,transactionDateTime,updDateTime,cancelDivision,transactionDetailDivision';
  const rows = lines.map(
    ({ transaction, line = 1, store = '1', product, quantity, at = '2026-11-24T03:00:00Z', ...rest }) =>
      [
        transaction,
        line,
        store,
        product,
        quantity,
        at,
        rest.updated ?? at,
        rest.cancelled ? 1 : 0,
        rest.returned ? 2 : 1,
      ].join(','),
  );
  return `${[header, ...rows].join('\n')}\n`;
}
