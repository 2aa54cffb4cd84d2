import type { CallRecords } from '../ledger/call-records.ts';
import { packingMemo } from '../ledger/packing-memo.ts';
import type { PackingDoubt, PackingRecords } from '../ledger/packing-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop, type LoopSignals } from '../platform/loop.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { findMemo, type PackingSide } from './memo-search.ts';

/** The ledger is asked for doubts this often; Smaregi is asked about each of them twice at most. */
const everyMs = 2_000;
const atOnce = 100;
/** Before a doubt whose look-up failed is tried again. */
const troubleMs = 10_000;
/** What says something about one row and nothing about the others. */
const ofOneRow: ReadonlySet<string> = new Set([
  'smaregi-not-found',
  'smaregi-read-refused',
  'smaregi-odd-answer',
]);
/** A history that may not be read today may be tomorrow; nobody is helped by asking every few seconds. */
const forbiddenMs = 10 * 60_000;
/**
 * A request whose answer was given up may still be under way, or waiting in Smaregi, for about as long as we would
 * have waited for an answer; so long twice over its memo may still appear.
 */
const lateTimeouts = 2;

const by = 'found by memo';

export interface PackingDoubtsOptions extends PackingSide {
  database: Database;
  packings: PackingRecords;
  calls: CallRecords;
  timeoutSeconds: number;
  clock: Clock;
  log: Logger;
  /** Called after a doubt was settled: something may be due again. */
  onSettled: () => void;
}

/**
 * Settles what is in doubt towards Smaregi by exact evidence: the memo stands in the history of its row, or it does
 * not and cannot appear any more. The second is sent again.
 */
export class PackingDoubts {
  readonly #options: PackingDoubtsOptions;
  readonly #loop: Loop;
  readonly #lookAgainAt = new Map<number, number>();
  #quietUntil = 0;
  #trouble: string | undefined;

  constructor(options: PackingDoubtsOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      everyMs,
      step: (signals) => this.#round(signals),
      onError: (error) => this.#report(error),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Ends after the look-up under way. */
  stop(deadline: AbortSignal): Promise<void> {
    return this.#loop.stop(deadline);
  }

  async #round({ stopping, giveUp }: LoopSignals): Promise<number | undefined> {
    const { packings, clock } = this.#options;
    if (clock.now() < this.#quietUntil) return undefined;
    let failures = 0;
    for (const doubt of packings.doubts(atOnce)) {
      if (stopping.aborted) return undefined;
      if ((this.#lookAgainAt.get(doubt.callId) ?? 0) > clock.now()) continue;
      try {
        await this.#consider(doubt, giveUp);
      } catch (error) {
        failures += 1;
        this.#lookAgainAt.set(doubt.callId, clock.now() + troubleMs);
        this.#report(error);
        // One row that cannot be read keeps no other from being looked up.
        if (!ofOneRow.has(systemCode(error) ?? '')) return undefined;
      }
    }
    if (failures === 0) this.#trouble = undefined;
    return undefined;
  }

  async #consider(doubt: PackingDoubt, signal: AbortSignal): Promise<void> {
    const { packings, products, smaregi, timeoutSeconds, clock } = this.#options;
    const certainAt = doubt.doubtAt + lateTimeouts * timeoutSeconds * 1000;
    this.#lookAgainAt.set(doubt.callId, certainAt);
    // Asked before the history: what is not in it then cannot come any more.
    const isCertain = clock.now() >= certainAt;
    const memo = packingMemo(doubt, packings.generationOf(doubt.movementId));
    // Without a product nothing can have left: the ledger knows it before a call is made.
    const product = await products.byCode(doubt.productCode, signal);
    const row = product && { storeId: doubt.storeId, productId: product.productId };
    const found = row && (await findMemo(smaregi, { row, memo, since: doubt.sentAt, signal }));
    if (found) this.#settle(doubt, found, memo);
    else if (isCertain) this.#settle(doubt, undefined, memo);
  }

  #settle({ callId, storeId, productCode }: PackingDoubt, receipt: string | undefined, memo: string): void {
    const { database, calls, clock, log, onSettled } = this.#options;
    const at = clock.now();
    const words = receipt
      ? `Smaregi has ${memo} as its change ${receipt}`
      : `Smaregi has no change with ${memo}`;
    const outcome = receipt ? ('accepted' as const) : ('not-applied' as const);
    database.transaction(() => calls.close(callId, { outcome, at, by, note: words, receipt })).immediate();
    log.info({ call: callId, store: storeId, product: productCode, outcome }, `doubt settled: ${words}`);
    this.#lookAgainAt.delete(callId);
    onSettled();
  }

  #report(error: unknown): void {
    const { clock } = this.#options;
    if (systemCode(error) === 'smaregi-forbidden') this.#quietUntil = clock.now() + forbiddenMs;
    const message = messageOf(error);
    if (message === this.#trouble) return;
    this.#trouble = message;
    const code = systemCode(error) ?? 'packing-doubts-failed';
    this.#options.log.warn(
      { code, err: error },
      `doubts about packed orders cannot be looked up for now: ${message}`,
    );
  }
}
