import type { Reading } from '../ledger/reading-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { systemCode } from '../platform/problem.ts';
import type { SmaregiClient, StockRow } from '../smaregi/smaregi-client.ts';
import { type StockLevel, stockLevelIn } from '../smaregi/stock-level.ts';
import type { ChangeRecorder } from './change-recorder.ts';
import type { LevelOutcome, LevelRecorder } from './level-recorder.ts';
import type { RowName, RowNames } from './row-names.ts';
import { isNotOffered, type StockReading } from './stock-reading.ts';

// What is durable, and what a crash leaves:
//
//   1. some rows' movements and levels, one SQLite transaction      a crash: the rows that are left are read again
//   2. the last rows', and how far Smaregi was read, in one         until then all rows are listed again; those whose
//                                                                   level is recorded are not read again

/** Rows to one SQLite transaction: what is first must not wait long for what is last. */
const rowsPerCommit = 8;
const dayMs = 86_400_000;
/** Smaregi answers for 31 days at most; beyond that all rows are listed. */
const maxWindowMs = 29 * dayMs;
/** So far may our clock be behind Smaregi's. The end of a window lies ahead, so that no row leaves it while it is read. */
const aheadMs = dayMs;

export interface StockRecorderOptions {
  smaregi: Pick<SmaregiClient, 'stock'>;
  reading: StockReading;
  names: RowNames;
  changes: ChangeRecorder;
  levels: LevelRecorder;
  overlapMs: number;
  database: Database;
  clock: Pick<Clock, 'now'>;
  /** Called when movements are in the ledger that were not there before. */
  onMovements: () => void;
}

/** A row to be looked at, with its level where that was just read (`readAt`: when that read began). */
interface Target {
  row: StockRow;
  level?: StockLevel;
  readAt: number;
}

/** A target once it was read: what is left to commit, that its changes may not be read, or why it could not be read. */
type Prepared =
  | { target: Target; commit: () => LevelOutcome }
  | { target: Target; refused: unknown; name: RowName }
  | { target: Target; failure: unknown };

/** `whole`: everything was taken; else it has to be listed again. */
interface Taken {
  whole: boolean;
  failure: unknown;
}

/** Takes what moved in Smaregi's stock into the ledger. */
export class StockRecorder {
  readonly #options: StockRecorderOptions;
  #changesRead = false;

  constructor(options: StockRecorderOptions) {
    this.#options = options;
  }

  /** Takes these rows, as a webhook names them. Throws what the client's reads throw. */
  async takeRows(rows: readonly StockRow[], signal: AbortSignal): Promise<void> {
    const readAt = this.#options.clock.now();
    const targets = rows.map(({ storeId, productId }) => ({ row: { storeId, productId }, readAt }));
    const { failure } = await this.#take(targets, signal);
    if (failure !== undefined) throw failure;
  }

  /**
   * Takes every row that changed since the last time. A row that cannot be read keeps no other from being taken, but
   * then all are listed again. Throws what the client's reads throw.
   */
  async takeAll(signal: AbortSignal, between: () => Promise<void>): Promise<void> {
    const { reading, clock } = this.#options;
    const { targets, newestAt } = await this.#list(await reading.current(signal), clock.now(), signal);
    const moveOn = () => reading.moveTo(newestAt);
    const all: Taken = { whole: true, failure: undefined };
    for (let at = 0; at === 0 || at < targets.length; at += rowsPerCommit) {
      await between();
      const isLast = at + rowsPerCommit >= targets.length;
      const rows = targets.slice(at, at + rowsPerCommit);
      const { whole, failure } = await this.#take(rows, signal, isLast && all.whole ? moveOn : undefined);
      all.whole &&= whole;
      all.failure ??= failure;
      if (failure !== undefined && !isAboutOneRow(failure)) break;
    }
    if (all.failure !== undefined) throw all.failure;
  }

  async #list(
    { readUntil, since, levels }: Reading,
    readAt: number,
    signal: AbortSignal,
  ): Promise<{ targets: Target[]; newestAt: number }> {
    const { smaregi, overlapMs } = this.#options;
    const from = readUntil - overlapMs;
    const window = readAt - from > maxWindowMs ? undefined : { from, to: readAt + aheadMs };
    const targets: Target[] = [];
    let newestAt = readUntil;
    for await (const rows of smaregi.stock(window ? { window } : {}, signal)) {
      for (const level of rows.map(stockLevelIn)) {
        if (!level) continue;
        newestAt = Math.max(newestAt, level.updatedAt);
        if (!this.#options.levels.isNews(level) || (!levels && level.updatedAt < since)) continue;
        const { storeId, productId } = level;
        targets.push({ row: { storeId, productId }, level, readAt });
      }
    }
    return { targets, newestAt };
  }

  /** Takes some rows in one transaction, with `moveOn` if all of them could be taken. */
  async #take(targets: readonly Target[], signal: AbortSignal, moveOn?: () => void): Promise<Taken> {
    const prepared = await this.#prepareAll(targets, signal);
    const taken: Taken = { whole: true, failure: undefined };
    const missed = (failure?: unknown) => {
      taken.whole = false;
      taken.failure ??= failure;
    };
    let added = 0;
    const { database, onMovements } = this.#options;
    database
      .transaction(() => {
        for (const one of prepared) {
          if (!('commit' in one)) {
            missed('failure' in one ? one.failure : one.refused);
            continue;
          }
          try {
            // A savepoint: a row that cannot be recorded takes no other with it.
            const result = database.transaction(one.commit)();
            if (result === 'later') missed();
            else added += result;
          } catch (failure) {
            missed(failure);
          }
        }
        if (taken.whole) moveOn?.();
      })
      .immediate();
    if (added > 0) onMovements();
    return taken;
  }

  async #prepareAll(targets: readonly Target[], signal: AbortSignal): Promise<Prepared[]> {
    const { reading } = this.#options;
    const { levels, since } = await reading.current(signal);
    const prepared = await Promise.all(
      targets.map((target) => this.#prepare(target, signal, levels ? undefined : since)),
    );
    const refused = prepared.filter((one) => 'refused' in one);
    if (refused.length === 0) return prepared;
    // Where changes were read before, "not found" is about this product; else, as 403, about the contract.
    const isPlan = refused.some((one) => !isNotFound(one.refused)) || !this.#changesRead;
    if (isPlan) await reading.compareLevels(signal);
    const byLevel = refused.map(({ target, name }) => this.#byLevel(target, name, signal, !isPlan));
    return [...prepared.filter((one) => !('refused' in one)), ...(await Promise.all(byLevel))];
  }

  /** `since`: changes are read from then on; undefined: levels are compared. */
  async #prepare(target: Target, signal: AbortSignal, since: number | undefined): Promise<Prepared> {
    const { names, changes } = this.#options;
    let name: RowName | undefined;
    try {
      name = await names.of(target.row, signal);
      if (!name) return { target, commit: () => 0 };
      if (since === undefined) return await this.#byLevel(target, name, signal);
      const commit = await changes.read(target.row, name, since, signal);
      this.#changesRead = true;
      return { target, commit };
    } catch (error) {
      return name && isNotOffered(error) ? { target, refused: error, name } : { target, failure: error };
    }
  }

  /** `begins`: of a row that is not known nobody can say what it had before; it begins with what it has now. */
  async #byLevel(target: Target, name: RowName, signal: AbortSignal, begins = false): Promise<Prepared> {
    const { levels, reading } = this.#options;
    try {
      const { since } = await reading.current(signal);
      const level = target.level ?? (await this.#levelOf(target.row, signal));
      const commit = () => {
        if (!level) return 0;
        if (begins) levels.begin(level);
        return levels.record(level, name, { readAt: target.readAt, since });
      };
      return { target, commit };
    } catch (failure) {
      return { target, failure };
    }
  }

  async #levelOf({ storeId, productId }: StockRow, signal: AbortSignal): Promise<StockLevel | undefined> {
    for await (const rows of this.#options.smaregi.stock({ row: { storeId, productId } }, signal)) {
      const level = rows
        .map(stockLevelIn)
        .find((one) => one?.storeId === storeId && one.productId === productId);
      if (level) return level;
    }
    return undefined;
  }
}

function isNotFound(error: unknown): boolean {
  return systemCode(error) === 'smaregi-not-found';
}

/** Whether other rows may well be read although this one could not. */
function isAboutOneRow(failure: unknown): boolean {
  const code = systemCode(failure);
  return code !== 'smaregi-unreachable' && code !== 'smaregi-unauthorised' && code !== 'smaregi-forbidden';
}
