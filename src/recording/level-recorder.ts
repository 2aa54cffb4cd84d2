import type { CallRecords } from '../ledger/call-records.ts';
import type { EchoRecords, OwnAddition } from '../ledger/echo-records.ts';
import { type LevelRecords, type RecordedLevel, stockSource } from '../ledger/level-records.ts';
import { lineKey, type MovementRecords } from '../ledger/movement-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { StockLevel } from '../smaregi/stock-level.ts';
import type { RowName } from './row-names.ts';
import { seenUntil } from './seen-until.ts';

export interface LevelRecorderOptions {
  levels: LevelRecords;
  echoes: EchoRecords;
  movements: MovementRecords;
  calls: CallRecords;
  clock: Pick<Clock, 'now'>;
  levelOf: (of: { stock: number; layaway: number }) => number;
}

/** How many movements a level made; `later`: nobody can say yet what of the difference is our own doing. */
export type LevelOutcome = number | 'later';

/**
 * Where changes may not be read: turns the difference between two levels of a row into one movement. Our own additions
 * are in that difference and are taken out of it, as echoes. The caller holds the transaction.
 */
export class LevelRecorder {
  readonly #options: LevelRecorderOptions;

  constructor(options: LevelRecorderOptions) {
    this.#options = options;
  }

  /** Whether a level says anything new. */
  isNews(level: StockLevel): boolean {
    const known = this.#options.levels.get(level);
    return !known || known.level !== this.#options.levelOf(level) || known.updatedAt < level.updatedAt;
  }

  /** Keeps a level from which later ones are told apart, where none is known. Makes no movement. */
  begin(level: StockLevel): void {
    const { levels } = this.#options;
    if (!levels.get(level)) levels.save(level, this.#recorded(level, { movements: 0, changeId: '' }, 0));
  }

  /**
   * Records what changed since the row was looked at last. `readAt`: when the read of the level began; `since`: when
   * stock began to be followed; both epoch milliseconds. A row that did not exist before had nothing.
   */
  record(
    level: StockLevel,
    name: RowName,
    { readAt, since }: { readAt: number; since: number },
  ): LevelOutcome {
    const { levels, echoes, movements, calls, clock } = this.#options;
    const known = levels.get(level);
    const own = echoes.withoutEcho(name, since);
    // An addition that was under way while the level was read may be in it or not.
    if (echoes.isUnderWay(name) || own.some(({ knownAt }) => knownAt >= readAt)) return 'later';
    for (const addition of own) this.#echo(addition, level, name);
    const ours = own.reduce((sum, { quantity }) => sum + quantity, 0);
    const quantity = this.#options.levelOf(level) - (known?.level ?? 0) - ours;
    const count = (known?.movements ?? 0) + (quantity === 0 ? 0 : 1);
    if (quantity !== 0) {
      const id = movements.add({
        source: stockSource,
        key: lineKey(level.storeId, level.productId, count),
        destination: 'hotwax',
        ...name,
        kind: 'difference',
        quantity,
        occurredAt: level.updatedAt,
        recordedAt: level.updatedAt,
      });
      calls.netLineOf(id, clock.now());
    }
    const changeId = known?.changeId ?? '';
    levels.save(level, this.#recorded(level, { movements: count, changeId }, readAt));
    return own.length + (quantity === 0 ? 0 : 1);
  }

  #echo(
    { callId, changeId, quantity, knownAt }: OwnAddition,
    { updatedAt }: StockLevel,
    name: RowName,
  ): void {
    const at = Math.min(knownAt, updatedAt);
    this.#options.movements.addEcho({
      source: stockSource,
      key: changeId ?? `call/${callId}`,
      destination: 'hotwax',
      ...name,
      quantity,
      occurredAt: at,
      recordedAt: at,
    });
  }

  #recorded(
    level: StockLevel,
    rest: Pick<RecordedLevel, 'movements' | 'changeId'>,
    readAt: number,
  ): RecordedLevel {
    const updatedAt = seenUntil(level.updatedAt, readAt);
    return { level: this.#options.levelOf(level), updatedAt, ...rest };
  }
}
