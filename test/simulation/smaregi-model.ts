import { type Row, rows } from './rows.ts';

/** A line of a transaction: pieces that leave the store, or come back. */
export interface SoldLine {
  lineId: string;
  row: Row;
  pieces: number;
  isReturn: boolean;
}

/** A transaction as it was from some moment on. */
export interface TransactionVersion {
  at: number;
  lines: readonly SoldLine[];
  isCancelled: boolean;
}

export interface Transaction {
  id: string;
  versions: TransactionVersion[];
}

/** One change of a row's stock, at the moment when Smaregi's server had it. */
export interface StockChange {
  row: Row;
  quantity: number;
  at: number;
}

/** A change that Smaregi's history shows under an id. */
export interface KnownChange extends StockChange {
  id: string;
  memo: string;
  /** Whether it is Flagship's doing, on account of a packed order. */
  isOurs: boolean;
}

/** Rows of a transaction-detail file, each transaction as it was when the file was made. */
export interface SalesFile {
  shows: readonly { transaction: Transaction; version: number }[];
}

/** Smaregi: the truth. Moments are whole seconds, as in its files, and no two things happen in the same one. */
export class SmaregiModel {
  readonly transactions: Transaction[] = [];
  readonly changes: StockChange[] = [];
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  stock(row: Row, at = Number.POSITIVE_INFINITY): number {
    return this.changes.reduce(
      (sum, change) => (change.row === row && change.at <= at ? sum + change.quantity : sum),
      this.#start,
    );
  }

  sell(at: number, lines: readonly SoldLine[]): Transaction {
    const transaction = { id: String(8_800 + this.transactions.length), versions: [] };
    this.transactions.push(transaction);
    this.#become(transaction, { at, lines, isCancelled: false });
    return transaction;
  }

  edit(at: number, transaction: Transaction, lines: readonly SoldLine[]): void {
    this.#become(transaction, { at, lines, isCancelled: false });
  }

  cancel(at: number, transaction: Transaction): void {
    const lines = transaction.versions.at(-1)?.lines ?? [];
    this.#become(transaction, { at, lines, isCancelled: true });
  }

  #become(transaction: Transaction, version: TransactionVersion): void {
    const before = transaction.versions.at(-1);
    transaction.versions.push(version);
    for (const row of rows) {
      const quantity = effectOn(row, version) - effectOn(row, before);
      if (quantity !== 0) this.changes.push({ row, quantity, at: version.at });
    }
  }
}

/** What a transaction does to a row's stock in all, as it stands. */
export function effectOn(row: Row, version: TransactionVersion | undefined): number {
  if (!version || version.isCancelled) return 0;
  return version.lines
    .filter((line) => line.row === row)
    .reduce((sum, { pieces, isReturn }) => sum + (isReturn ? pieces : -pieces), 0);
}

export const salesHeader = [
  'transactionHeadId',
  'transactionDetailId',
  'storeId',
  'productCode',
  'quantity',
  'transactionDateTime',
  'updDateTime',
  'transactionHeadDivision',
  'transactionDetailDivision',
  'cancelDivision',
  'cancelDateTime',
];

/** The cells of a transaction-detail file, without its header. */
export function cellsOf({ shows }: SalesFile): string[][] {
  return shows.flatMap(({ transaction, version: index }) => {
    const version = transaction.versions[index];
    if (!version) return [];
    const received = moment(transaction.versions[0]?.at ?? 0);
    const updated = moment(version.at);
    return version.lines.map(({ lineId, row, pieces, isReturn }) => [
      transaction.id,
      lineId,
      row.storeId,
      row.productCode,
      String(pieces),
      received,
      updated,
      '1',
      isReturn ? '2' : '1',
      version.isCancelled ? '1' : '0',
      version.isCancelled ? updated : '',
    ]);
  });
}

function moment(at: number): string {
  return new Date(at).toISOString().replace('.000', '');
}
