import type { Configuration } from '../config/configuration.ts';
import type { Store } from '../config/store-map.ts';
import { mayArriveMs } from '../hotwax/late-calls.ts';
import type { Find, Found } from '../hotwax/oms-find.ts';
import { variancesSince } from '../hotwax/oms-variances.ts';
import type { CallRecords } from '../ledger/call-records.ts';
import { DoubtRecords, type TracedCall } from '../ledger/doubt-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop, type LoopSignals } from '../platform/loop.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { type Episode, episodeOf, horizonMs, type LikeCall, type Verdict, verdictOf } from './evidence.ts';

/** Doubts are rare and a person may wait for one; a reset settles what is left. */
const everyMs = 60_000;
/** So many doubts are read at a time, with a rest between: at most one read a second beside the postings. */
const atOnce = 5;
const restMs = 5_000;
const by = 'read back: variance';

export interface ReadBackOptions {
  database: Database;
  calls: CallRecords;
  oms: { performFind(find: Find): Promise<Found> };
  settings: Pick<NonNullable<Configuration['oms']>, 'readBack' | 'timeoutSeconds'>;
  idType: string;
  stores: readonly Store[];
  clock: Clock;
  log: Logger;
  /** Called after a doubt was settled: something may be due again. */
  onSettled: () => void;
}

/**
 * Settles doubts on evidence: reads which variances the OMS has on record and closes the calls in doubt where the
 * count leaves no choice. What stays unclear is left alone and said once.
 *
 * It takes for granted that nobody else changes the same row by the same quantity under the same reason in the same
 * minutes. `oms.readBack` `quantity` settles nothing: a level says what a call did only when the level before it is
 * known, and the ledger knows none.
 */
export class ReadBack {
  readonly #options: ReadBackOptions;
  readonly #doubts: DoubtRecords;
  readonly #facilities: ReadonlyMap<string, string>;
  readonly #loop: Loop;
  readonly #lateMs: number;
  /** Calls that were said to stay in doubt. */
  readonly #said = new Set<number>();
  #trouble: string | undefined;
  /** Doubts are taken in turn, so that an unclear one does not keep the others waiting. */
  #afterId = 0;

  constructor(options: ReadBackOptions) {
    this.#options = options;
    this.#doubts = new DoubtRecords(options.database);
    this.#facilities = new Map(options.stores.map((store) => [store.storeId, store.facilityId]));
    this.#lateMs = mayArriveMs(options.settings);
    this.#loop = new Loop({
      clock: options.clock,
      everyMs,
      step: (signals) => this.#round(signals),
      onError: (error) => this.#reportTrouble(error),
    });
  }

  start(): void {
    const { settings, log } = this.#options;
    if (settings.readBack === 'variance') this.#loop.start();
    if (settings.readBack === 'quantity') {
      log.warn(
        { code: 'read-back-quantity' },
        'oms.readBack "quantity" proves nothing without a level from before a call: doubts stay for a person or a reset',
      );
    }
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Ends after the read under way. */
  stop(deadline: AbortSignal): Promise<void> {
    return this.#loop.stop(deadline);
  }

  async #round({ stopping }: LoopSignals): Promise<number | undefined> {
    const sentBefore = this.#options.clock.now() - this.#lateMs;
    const doubts = this.#doubts.open({ afterId: this.#afterId, sentBefore, limit: atOnce });
    for (const doubt of doubts) {
      if (stopping.aborted) return undefined;
      this.#afterId = doubt.id;
      await this.#consider(doubt);
    }
    if (doubts.length === atOnce) return restMs;
    this.#afterId = 0;
    return undefined;
  }

  async #consider(doubt: TracedCall): Promise<void> {
    const episode = this.#episodeOf(doubt);
    if (!episode?.calls.some(({ id, known }) => id === doubt.id && known === 'doubtful')) return;
    const verdict = await this.#verdict(doubt, episode);
    this.#trouble = undefined;
    if (verdict.kind === 'too-early') return;
    if (verdict.kind === 'ambiguous') {
      this.#sayOnce(doubt, verdict.words);
      return;
    }
    this.#settle(doubt, episode, verdict);
  }

  #episodeOf(doubt: TracedCall): Episode | undefined {
    const like = this.#doubts.like(doubt, doubt.sentAt - horizonMs);
    return episodeOf(doubt.id, like.map(toLike), this.#lateMs);
  }

  async #verdict(doubt: TracedCall, episode: Episode): Promise<Verdict> {
    if (episode.from <= doubt.sentAt - horizonMs) {
      return { kind: 'ambiguous', words: 'the row never rests long enough to tell its calls apart' };
    }
    if (!this.#facilities.get(doubt.storeId)) {
      return { kind: 'ambiguous', words: `store ${doubt.storeId} has no facilityId in the store map` };
    }
    const verdict = verdictOf(episode, await this.#count(doubt, episode));
    const seen = verdict.kind !== 'not-applied' || episode.calls.some(({ known }) => known === 'applied');
    if (seen || (await this.#seesWitness(doubt))) return verdict;
    return { kind: 'ambiguous', words: 'the OMS shows no record of a call that it had accepted before' };
  }

  /**
   * That nothing is found proves something only when what is there would be found: where the OMS accepted a call of
   * the same store and reason before, that one must be seen.
   */
  async #seesWitness(doubt: TracedCall): Promise<boolean> {
    const witness = this.#doubts.witnessFor(doubt);
    if (!witness) return true;
    const span = episodeOf(witness.id, [toLike(witness)], this.#lateMs);
    return span !== undefined && (await this.#count(witness, span)) > 0;
  }

  async #count(call: TracedCall, { from, to }: Episode): Promise<number> {
    const { oms, idType } = this.#options;
    const facilityId = this.#facilities.get(call.storeId) ?? '';
    const row = { facilityId, idType, idValue: call.productCode, varianceReasonId: call.reason };
    const variances = await variancesSince(oms, row, from);
    return variances.filter(({ quantity, at }) => quantity === call.quantity && at <= to).length;
  }

  /** Within one transaction, and only if nothing was told about the row while the OMS was read. */
  #settle(doubt: TracedCall, before: Episode, verdict: Verdict): void {
    const { database, calls, clock, log, onSettled } = this.#options;
    const outcome = verdict.kind === 'applied' ? 'accepted' : 'not-applied';
    const settled = database
      .transaction((): number[] => {
        const now = this.#episodeOf(doubt);
        if (!now || JSON.stringify(now) !== JSON.stringify(before)) return [];
        const ids = now.calls.filter(({ known }) => known === 'doubtful').map(({ id }) => id);
        const end = { outcome, at: clock.now(), by, note: verdict.words } as const;
        return ids.filter((id) => calls.close(id, end));
      })
      .immediate();
    if (settled.length === 0) return;
    const { storeId, productCode } = doubt;
    log.info(
      { calls: settled, store: storeId, product: productCode, outcome },
      `doubt settled by reading back: ${verdict.words}`,
    );
    onSettled();
  }

  #sayOnce(doubt: TracedCall, words: string): void {
    if (this.#said.has(doubt.id)) return;
    this.#said.add(doubt.id);
    const { id, storeId, productCode, quantity } = doubt;
    this.#options.log.warn(
      { code: 'doubt-unclear', call: id, store: storeId, product: productCode, quantity },
      `reading back does not settle a doubt: ${words}`,
    );
  }

  #reportTrouble(error: unknown): void {
    const message = messageOf(error);
    if (message === this.#trouble) return;
    this.#trouble = message;
    const code = systemCode(error) ?? 'read-back-failed';
    this.#options.log.warn({ code, err: error }, `doubts cannot be read back for now: ${message}`);
  }
}

function toLike(call: TracedCall): LikeCall {
  const { id, sentAt, doubt, outcomeAt } = call;
  return { id, sentAt, known: knownOf(call), answeredAt: doubt ? undefined : outcomeAt };
}

function knownOf({ outcome, outcomeBy, doubt, denied }: TracedCall): LikeCall['known'] {
  if (outcome === 'unknown') return doubt ? 'doubtful' : 'under-way';
  if (denied || (doubt && outcomeBy !== by)) return 'claimed';
  return outcome === 'accepted' ? 'applied' : 'not-applied';
}
