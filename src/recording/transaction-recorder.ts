import type { Store } from '../config/store-map.ts';
import type { MovementRecords } from '../ledger/movement-records.ts';
import type { Reading, ReadingRecords } from '../ledger/reading-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { type ApiRow, textOf } from '../smaregi/api-row.ts';
import {
  type ApiLine,
  type ApiTransaction,
  apiLayout,
  apiTransactionIn,
  productCodeAt,
} from '../smaregi/api-transaction.ts';
import { oddAnswer } from '../smaregi/paging.ts';
import type { SmaregiClient } from '../smaregi/smaregi-client.ts';
import { TransactionLines } from '../smaregi/transaction-line.ts';
import type { Products } from './products.ts';
import { SalesIngest } from './sales-ingest.ts';
import { transactionSource } from './sales-source.ts';
import { SalesTally } from './sales-tally.ts';

const dayMs = 86_400_000;
/** Smaregi answers for 31 days at most. */
const maxWindowMs = 30 * dayMs;
/** So far may our clock be behind Smaregi's. */
const aheadMs = 3_600_000;
/** What was said already; beyond that, again. */
const maxSaid = 10_000;

export interface TransactionRecorderOptions {
  smaregi: Pick<SmaregiClient, 'transactions'>;
  records: ReadingRecords;
  products: Pick<Products, 'byId'>;
  /** Of our own: what was before the beginning is not told. */
  movements: MovementRecords;
  stores: Store[];
  timeZone: string;
  /** `smaregi.since`, epoch milliseconds. */
  since: number | undefined;
  overlapMs: number;
  database: Database;
  clock: Pick<Clock, 'now'>;
  log: Logger;
  /** Called when movements are in the ledger that were not there before. */
  onMovements: () => void;
}

/**
 * Takes transactions from the API into the ledger, by the rules that serve files too. What is durable: a page's
 * movements and how far was read, in one SQLite transaction.
 */
export class TransactionRecorder {
  readonly #options: TransactionRecorderOptions;
  readonly #said = new Set<string>();

  constructor(options: TransactionRecorderOptions) {
    this.#options = options;
  }

  /** Takes these transactions, as a webhook names them. Throws what the client's reads throw. */
  async takeIds(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { smaregi, clock } = this.#options;
    const to = clock.now() + aheadMs;
    for (const id of ids) {
      const window = { from: to - maxWindowMs, to };
      for await (const rows of smaregi.transactions({ window, id }, signal)) {
        await this.#takePage(rows, signal);
      }
    }
  }

  /** Takes every transaction that changed since the last time. Throws what the client's reads throw. */
  async takeAll(signal: AbortSignal, between: () => Promise<void>): Promise<void> {
    let from = this.#reading().readUntil - this.#options.overlapMs;
    for (let isDone = false; !isDone; ) {
      const now = this.#options.clock.now();
      const to = Math.min(from + maxWindowMs, now + aheadMs);
      const newestAt = await this.#takeWindow({ from, to }, signal, between);
      if (newestAt !== undefined) from = newestAt;
      else if (to > now) isDone = true;
      else from = to;
    }
    this.#options.records.readThrough(transactionSource, this.#options.clock.now());
  }

  /**
   * Takes the first pages of a window, up to one that reaches beyond the window's first second. The next window begins
   * where that ended: pages of one window shift whenever a transaction changes while they are read, and would be
   * missed. Returns when the newest transaction taken was changed; undefined when there is none beyond the start.
   */
  async #takeWindow(
    window: { from: number; to: number },
    signal: AbortSignal,
    between: () => Promise<void>,
  ): Promise<number | undefined> {
    for await (const rows of this.#options.smaregi.transactions({ window }, signal)) {
      await between();
      const newestAt = await this.#takePage(rows, signal, true);
      if (newestAt > window.from) return newestAt;
    }
    return undefined;
  }

  #reading(): Reading {
    const { records, clock, since } = this.#options;
    return records.get(transactionSource) ?? records.begin(transactionSource, { since, now: clock.now() });
  }

  /** `moves`: how far was read follows. Returns when the newest of the page was changed. */
  async #takePage(rows: readonly ApiRow[], signal: AbortSignal, moves = false): Promise<number> {
    const { database, records, onMovements } = this.#options;
    const transactions = this.#whole(rows);
    for (const { lines } of transactions) await this.#nameProducts(lines, signal);
    const newestAt = Math.max(0, ...transactions.map(({ updatedAt }) => updatedAt));
    const reading = this.#reading();
    const tally = new SalesTally();
    database
      .transaction(() => {
        this.#ingest(transactions, tally, reading.since);
        if (moves && newestAt > reading.readUntil) {
          records.save(transactionSource, { ...reading, readUntil: newestAt });
        }
      })
      .immediate();
    if (tally.figures.movements > 0) onMovements();
    return newestAt;
  }

  /** Those that can be read; a page without any is a fault of the server, and is asked for again. */
  #whole(rows: readonly ApiRow[]): ApiTransaction[] {
    const whole: ApiTransaction[] = [];
    for (const row of rows) {
      const transaction = apiTransactionIn(row);
      if (transaction) whole.push(transaction);
      else this.#rejectWhole(textOf(row, 'transactionHeadId'));
    }
    if (whole.length > 0) return whole;
    throw oddAnswer('/transactions gave only some without id, updDateTime or details');
  }

  #rejectWhole(id: string): void {
    this.#sayOnce(id, () =>
      this.#options.log.error(
        { code: 'api-transaction-rejected', transaction: id },
        `Smaregi's transaction ${id} is not taken: it has no id, time of change or details`,
      ),
    );
  }

  /** The product's own code counts, not what a line says; a product whose stock is not counted has none here. */
  async #nameProducts(lines: readonly ApiLine[], signal: AbortSignal): Promise<void> {
    for (const { productId, cells } of lines) {
      const product = productId === '' ? undefined : await this.#options.products.byId(productId, signal);
      if (product) cells[productCodeAt] = product.managed ? product.productCode : '';
    }
  }

  #ingest(transactions: readonly ApiTransaction[], tally: SalesTally, since: number): void {
    const { movements, stores, timeZone, clock } = this.#options;
    movements.beginAt(since);
    const reader = new TransactionLines(apiLayout, stores, clock.now(), timeZone);
    const ingest = new SalesIngest(movements, tally, false);
    for (const { id, lines } of transactions) {
      const seen = new Set<string>();
      for (const line of lines) {
        const verdict = reader.decide({ cells: line.cells });
        const isRepeat = seen.has(line.lineId);
        seen.add(line.lineId);
        if (verdict.outcome === 'line' && !isRepeat) {
          this.#countUnknown(verdict.line.unknown);
          ingest.take(verdict.line);
        } else if (verdict.outcome === 'rejected' || isRepeat) {
          ingest.gap({ transactionId: id });
          this.#reject(id, line, verdict.outcome === 'rejected' ? verdict.reason : 'duplicate');
        }
      }
    }
    for (const piece of ingest.settle(true)) piece();
  }

  #reject(id: string, { lineId, productId }: ApiLine, reason: string): void {
    // A warehouse's own transactions are expected, and never the OMS's business.
    if (reason === 'warehouse') return;
    this.#sayOnce(`${id}/${lineId} ${reason}`, () =>
      this.#options.log.error(
        { code: 'api-line-rejected', transaction: id, line: lineId, product: productId, reason },
        `line ${lineId} of Smaregi's transaction ${id} is not taken: ${reason}`,
      ),
    );
  }

  #countUnknown(codes: readonly string[]): void {
    for (const code of codes) {
      this.#sayOnce(code, () =>
        this.#options.log.warn(
          { code: 'unknown-division' },
          `a division code that is not known here: ${code}`,
        ),
      );
    }
  }

  #sayOnce(what: string, say: () => void): void {
    if (this.#said.has(what)) return;
    if (this.#said.size >= maxSaid) this.#said.clear();
    this.#said.add(what);
    say();
  }
}
