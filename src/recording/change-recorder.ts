import type { EchoRecords } from '../ledger/echo-records.ts';
import { type LevelRecords, stockSource } from '../ledger/level-records.ts';
import type { MovementRecords } from '../ledger/movement-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { isOwnMemo } from '../smaregi/own-memo.ts';
import type { SmaregiClient, StockRow } from '../smaregi/smaregi-client.ts';
import { type StockChange, stockChangeIn } from '../smaregi/stock-change.ts';
import { isKnownDivision, kindOfDivision } from '../smaregi/stock-division.ts';
import { type LevelStep, newSteps, reachesBack } from './level-steps.ts';
import type { RowName } from './row-names.ts';
import { seenUntil } from './seen-until.ts';

/** What is left to do in the ledger, within the caller's transaction. Returns how many movements were added. */
export type Commit = () => number;

export interface ChangeRecorderOptions {
  smaregi: Pick<SmaregiClient, 'stockChanges'>;
  levels: LevelRecords;
  echoes: EchoRecords;
  movements: MovementRecords;
  clock: Pick<Clock, 'now'>;
  levelOf: (of: { stock: number; layaway: number }) => number;
  log: Logger;
}

/** Turns the history of a row into movements, each change once, our own as echoes. */
export class ChangeRecorder {
  readonly #options: ChangeRecorderOptions;
  /** Changes of a division that is not known here, by division; rows of a history that are none, under ''. */
  readonly unknown: Record<string, number> = {};

  constructor(options: ChangeRecorderOptions) {
    this.#options = options;
  }

  /** Reads what is new of a row. `since`: epoch milliseconds. Throws what the client's reads throw. */
  async read(row: StockRow, name: RowName, since: number, signal?: AbortSignal): Promise<Commit> {
    const { smaregi, levels, clock } = this.#options;
    const known = levels.get(row);
    const readAt = clock.now();
    const history = new Map<string, StockChange>();
    for await (const rows of smaregi.stockChanges(row, signal)) {
      const page = rows.map(stockChangeIn).filter((change) => change !== undefined);
      if (page.length < rows.length) this.#countUnknown('', rows.length - page.length);
      for (const change of page) history.set(change.id, change);
      if (reachesBack(known, page, since)) break;
    }
    return () => this.#commit(row, name, [...history.values()], { since, readAt });
  }

  #commit(
    row: StockRow,
    name: RowName,
    history: StockChange[],
    { since, readAt }: { since: number; readAt: number },
  ): number {
    const { levels, levelOf } = this.#options;
    const before = levels.get(row);
    const { steps, known } = newSteps(before, history, since, levelOf);
    let added = 0;
    for (const step of steps) added += this.#record(name, step);
    if (known) {
      const updatedAt = seenUntil(known.updatedAt, readAt);
      levels.save(row, { ...known, updatedAt, movements: before?.movements ?? 0 });
    }
    return added;
  }

  #record(name: RowName, { change, quantity, differs }: LevelStep): number {
    const { movements } = this.#options;
    if (differs) this.#alarm(name, change, quantity);
    if (!isKnownDivision(change.division)) this.#countUnknown(change.division, 1);
    if (quantity === 0) return 0;
    const movement = {
      source: stockSource,
      key: change.id,
      destination: 'hotwax' as const,
      ...name,
      quantity,
      occurredAt: change.targetAt,
      recordedAt: change.updatedAt,
    };
    if (movements.has(stockSource, change.id)) {
      // Taken while levels were compared; what is missing still is the rest.
      movements.add({ ...movement, key: `${change.id}/rest`, kind: 'difference' });
    } else if (this.#isOurs(change)) movements.addEcho(movement);
    else movements.add({ ...movement, kind: kindOfDivision(change.division, quantity) });
    return 1;
  }

  /** By the id that Smaregi answered with; where that answer was lost, or is not here yet, by the memo. */
  #isOurs({ id, memo }: StockChange): boolean {
    return isOwnMemo(memo) || this.#options.echoes.isReceipt(id);
  }

  #alarm(name: RowName, change: StockChange, quantity: number): void {
    const { id, amount, division } = change;
    this.#options.log.warn(
      { code: 'stock-change-differs', ...name, change: id, amount, quantity, division },
      `Smaregi's change ${id} says ${amount}, but the stock changed by ${quantity}: that is what counts`,
    );
  }

  #countUnknown(division: string, count: number): void {
    if (this.unknown[division] === undefined) {
      const what = division === '' ? 'rows of a history that are no change' : `stock division ${division}`;
      this.#options.log.warn({ code: 'unknown-division' }, `not known here: ${what}`);
    }
    this.unknown[division] = (this.unknown[division] ?? 0) + count;
  }
}
