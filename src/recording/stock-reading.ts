import { stockSource } from '../ledger/level-records.ts';
import type { Reading, ReadingRecords } from '../ledger/reading-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { systemCode } from '../platform/problem.ts';
import { toIso } from '../platform/time-zone.ts';
import type { SmaregiClient } from '../smaregi/smaregi-client.ts';
import { type StockLevel, stockLevelIn } from '../smaregi/stock-level.ts';

/** A refusal that is about the plan or the scopes of the contract, or may be. */
export function isNotOffered(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'smaregi-forbidden' || code === 'smaregi-not-found';
}

/** "Not found" may be about a product that was deleted; of so many rows, one will be there. */
const rowsTried = 5;
/** Where changes may not be read, so often is asked whether they may after all. */
const askAgainMs = 60 * 60_000;

export interface StockReadingOptions {
  smaregi: Pick<SmaregiClient, 'stock' | 'stockChanges'>;
  records: ReadingRecords;
  /** `smaregi.since`, epoch milliseconds. */
  since: number | undefined;
  /** Keeps levels to compare with later; one call, one transaction. */
  begin: (levels: readonly StockLevel[]) => void;
  clock: Pick<Clock, 'now'>;
  log: Logger;
}

/** How stock is read: by changes where the contract lets us, else by comparing levels; and from when on. */
export class StockReading {
  readonly #options: StockReadingOptions;
  #current: Reading | undefined;
  /** When it was last found out whether changes may be read. */
  #askedAt = 0;

  constructor(options: StockReadingOptions) {
    this.#options = options;
  }

  /**
   * How far it was read. The first time in a process it is found out whether changes may be read; the first time ever,
   * where it begins. Throws what the client's reads throw.
   */
  async current(signal: AbortSignal): Promise<Reading> {
    this.#current ??= await this.#start(signal);
    if (this.#current.levels) await this.#tryChangesAgain(signal, this.#current);
    return this.#current;
  }

  /** A plan may be changed back, and a refusal may have been no more than a gateway's mood. */
  async #tryChangesAgain(signal: AbortSignal, reading: Reading): Promise<void> {
    const { clock, records, log } = this.#options;
    if (clock.now() - this.#askedAt < askAgainMs) return;
    this.#askedAt = clock.now();
    if (!(await this.#mayReadChanges(signal))) return;
    this.#current = { ...reading, levels: false };
    records.save(stockSource, this.#current);
    log.info('Smaregi lets us read changes of stock again');
  }

  /** It was read through; the caller holds the transaction, that of the movements up to `readUntil`. */
  moveTo(readUntil: number): void {
    const { records, clock } = this.#options;
    records.readThrough(stockSource, clock.now());
    if (!this.#current || readUntil <= this.#current.readUntil) return;
    this.#current = { ...this.#current, readUntil };
    records.save(stockSource, this.#current);
  }

  /** Changes may not be read any more. */
  async compareLevels(signal: AbortSignal): Promise<void> {
    const { log, records } = this.#options;
    const reading = await this.current(signal);
    log.warn(
      { code: 'smaregi-changes-forbidden' },
      'Smaregi does not let us read changes of stock: levels are compared instead, without their kinds',
    );
    await this.#readLevels(signal);
    this.#current = { ...reading, levels: true };
    this.#askedAt = this.#options.clock.now();
    records.save(stockSource, this.#current);
  }

  async #start(signal: AbortSignal): Promise<Reading> {
    const { records, clock, log, since } = this.#options;
    const known = records.get(stockSource);
    if (known && !known.levels) return known;
    const begun = known ?? records.begin(stockSource, { since, now: clock.now() });
    const levels = !(await this.#mayReadChanges(signal));
    this.#askedAt = clock.now();
    if (known) {
      const now = { ...known, levels };
      if (!levels) records.save(stockSource, now);
      return now;
    }
    this.#current = begun;
    if (levels) await this.compareLevels(signal);
    log.info({ since: toIso(begun.since), levels }, 'stock in Smaregi is followed from here on');
    return this.#current;
  }

  async #mayReadChanges(signal: AbortSignal): Promise<boolean> {
    const { smaregi } = this.#options;
    for await (const rows of smaregi.stock({}, signal)) {
      const levels = rows.map(stockLevelIn).filter((level) => level !== undefined);
      for (const level of levels.slice(0, rowsTried)) {
        try {
          await smaregi.stockChanges(level, signal).next();
          return true;
        } catch (error) {
          if (!isNotOffered(error)) throw error;
          if (systemCode(error) === 'smaregi-forbidden') return false;
        }
      }
      if (levels.length > 0) return false;
    }
    // Nothing ever moved: it shows with the first row that does.
    return true;
  }

  async #readLevels(signal: AbortSignal): Promise<void> {
    for await (const rows of this.#options.smaregi.stock({}, signal)) {
      this.#options.begin(rows.map(stockLevelIn).filter((level) => level !== undefined));
    }
  }
}
