import { fromIso } from '../../src/platform/time-zone.ts';
import type { TestLedger } from './ledger.ts';

export interface Sale {
  transactionId: string;
  storeId?: string;
  productCode?: string;
  quantity?: number;
  /** ISO. */
  recordedAt?: string;
}

const noon = '2026-11-20T03:00:00.000Z';

/** Takes in a sale of one line as a sales file brings it. Returns the ids of its new movements. */
export function takeInSale(ledger: TestLedger, sale: Sale): number[] {
  const { transactionId, storeId = '1', productCode = '4901234000001', quantity = -1 } = sale;
  const at = fromIso(sale.recordedAt ?? noon);
  const { database, movements } = ledger;
  const sequence = database.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'movement'`).pluck();
  const newest = () => Number(sequence.get() ?? 0);
  return database.transaction(() => {
    const before = newest();
    movements.takeIn('transactions', {
      transactionId,
      lineId: '1',
      storeId,
      productCode,
      versionAt: at,
      steps: [{ kind: 'sale', quantity, occurredAt: at, recordedAt: at }],
      change: { kind: 'edit', at },
    });
    const after = newest();
    return Array.from({ length: after - before }, (_, n) => before + n + 1);
  })();
}

/** Tells the OMS about movements in one call. Without an outcome it is in doubt. Returns the call's id. */
export function tell(
  ledger: TestLedger,
  movements: readonly number[],
  outcome: 'accepted' | 'not-applied' | undefined,
  sentAt = noon,
): number {
  const { database, calls } = ledger;
  const quantity = database
    .prepare('SELECT sum(quantity) FROM movement WHERE id IN (SELECT value FROM json_each(?))')
    .pluck()
    .get(JSON.stringify(movements)) as number;
  const at = fromIso(sentAt);
  return database.transaction(() => {
    const told = movements.map((id) => ({ id, multiplicity: 1 as const }));
    const call = calls.open({ destination: 'hotwax', movements: told, quantity, reason: 'POS_SALE' }, at);
    if (outcome) calls.close(call, { outcome, at: at + 100, by: 'flagship', note: null });
    else calls.doubt(call, at + 100, 'the answer was lost');
    return call;
  })();
}

/** So many sales, each told and accepted. */
export function addPostedSales(ledger: TestLedger, count: number, change: Partial<Sale> = {}): void {
  ledger.database.transaction(() => {
    for (let n = 1; n <= count; n += 1) {
      const sale = { transactionId: `${change.transactionId ?? 't'}${n}`, productCode: `49012340${n}` };
      tell(ledger, takeInSale(ledger, { ...change, ...sale }), 'accepted');
    }
  })();
}
