import type { Database } from '../platform/database.ts';
import { toIso } from '../platform/time-zone.ts';
import { stockSource } from './level-records.ts';
import { isOpen } from './posting-indexes.ts';

/** Movements that share calls, with all of these calls: they go together or not at all. */
export interface HistoryGroup {
  movements: readonly number[];
  calls: readonly number[];
}

/** A reset that is not known to have happened can still change what was needed; after so many days others came. */
const openSnapshotDays = 3;
/** Groups beyond this would hold the ledger's lock for long; they stay. */
const maxGroup = 5_000;

/**
 * What can leave the ledger: movements recorded before a moment, told or not needed, that nothing to come can change,
 * together with everything that shares a call with them. These stay:
 *
 * - movements of a (store, product) with an open doubt: accepted calls are what a doubt is settled against;
 * - movements that an unconfirmed reset may still concern;
 * - movements that neither a transaction line nor a level remembers: without their key, a repeat would count again.
 */
export class ClosedHistory {
  readonly #before: string;
  readonly #openSince: string | undefined;
  readonly #candidates;
  readonly #movement;
  readonly #remembered;
  readonly #callsOf;
  readonly #movementsOf;
  readonly #rowsInDoubt;

  /** `before` and `now` in epoch milliseconds. */
  constructor(database: Database, before: number, now: number) {
    this.#before = toIso(before);
    this.#openSince = openSnapshotSince(database, now);
    this.#candidates = database
      .prepare(
        `SELECT movement_id FROM posting
         WHERE movement_id > ? AND state IN ('posted', 'absorbed') AND recorded_at < ?
         ORDER BY movement_id LIMIT ?`,
      )
      .pluck();
    this.#movement = database.prepare(
      `SELECT source, key, store_id || ' ' || product_code AS row, movement.recorded_at AS recordedAt, state
       FROM movement JOIN posting ON movement_id = movement.id WHERE movement.id = ?`,
    );
    this.#remembered = database.prepare(
      'SELECT 1 FROM transaction_line WHERE source = ? AND transaction_id = ? AND line_id = ? AND movements >= ?',
    );
    this.#callsOf = database.prepare(
      `SELECT call_id AS id, sent_at AS sentAt FROM call_movement JOIN call ON call.id = call_id
       WHERE movement_id = ?`,
    );
    this.#movementsOf = database.prepare('SELECT movement_id FROM call_movement WHERE call_id = ?').pluck();
    // The longer list is that of the index, which SQLite uses only where it is repeated.
    this.#rowsInDoubt = database
      .prepare(
        `SELECT DISTINCT store_id || ' ' || product_code FROM posting JOIN movement ON movement.id = movement_id
         WHERE ${isOpen} AND state IN ('sending', 'in-doubt')`,
      )
      .pluck();
  }

  /** When nothing after a moment can be archived on account of a reset that nobody has confirmed: that moment, ISO. */
  get openSince(): string | undefined {
    return this.#openSince;
  }

  /** Closed groups that begin with one of the next `size` candidates after `afterId`. */
  next(afterId: number, size: number): { groups: HistoryGroup[]; lastId: number | undefined } {
    const ids = this.#candidates.all(afterId, this.#before, size) as number[];
    const inDoubt = this.#inDoubt();
    const groups: HistoryGroup[] = [];
    for (const id of ids) {
      const group = this.#groupOf(id, inDoubt);
      if (group) groups.push(group);
    }
    return { groups, lastId: ids.at(-1) };
  }

  /** Whether a group that was chosen before is closed still, and has not grown. */
  isStill(groups: readonly HistoryGroup[]): boolean {
    const inDoubt = this.#inDoubt();
    return groups.every((group) => {
      const now = this.#groupOf(group.movements[0] ?? 0, inDoubt);
      return now !== undefined && same(now.movements, group.movements) && same(now.calls, group.calls);
    });
  }

  #inDoubt(): ReadonlySet<string> {
    return new Set(this.#rowsInDoubt.all() as string[]);
  }

  /** The group of which `first` is the first movement, if all of it is closed. */
  #groupOf(first: number, inDoubt: ReadonlySet<string>): HistoryGroup | undefined {
    const movements = new Set([first]);
    const calls = new Set<number>();
    for (const id of movements) {
      if (id < first || movements.size > maxGroup || !this.#isClosed(id, inDoubt)) return undefined;
      for (const call of this.#callsOf.all(id) as { id: number; sentAt: string }[]) {
        if (this.#openSince !== undefined && call.sentAt > this.#openSince) return undefined;
        if (calls.has(call.id)) continue;
        calls.add(call.id);
        for (const other of this.#movementsOf.all(call.id) as number[]) movements.add(other);
      }
    }
    const inOrder = (ids: Set<number>) => [...ids].sort((left, right) => left - right);
    return { movements: inOrder(movements), calls: inOrder(calls) };
  }

  #isClosed(id: number, inDoubt: ReadonlySet<string>): boolean {
    const found = this.#movement.get(id) as
      | { source: string; key: string; row: string; recordedAt: string; state: string }
      | undefined;
    if (!found || (found.state !== 'posted' && found.state !== 'absorbed')) return false;
    if (found.recordedAt >= this.#before || inDoubt.has(found.row)) return false;
    if (this.#openSince !== undefined && found.recordedAt > this.#openSince) return false;
    return this.#isRemembered(found);
  }

  #isRemembered({ source, key }: { source: string; key: string }): boolean {
    // A level remembers for ever which change led to it.
    if (source === stockSource) return true;
    const [, transactionId, lineId, number] = /^([^/]+)\/(.+)\/(\d+)$/.exec(key) ?? [];
    if (transactionId === undefined) return false;
    return this.#remembered.get(source, transactionId, lineId, Number(number)) !== undefined;
  }
}

function openSnapshotSince(database: Database, now: number): string | undefined {
  const since = toIso(now - openSnapshotDays * 24 * 60 * 60_000);
  const takenAt = database
    .prepare(
      `SELECT min(taken_at) FROM snapshot
       WHERE state IN ('delivering', 'delivered', 'unconfirmed') AND uploaded_at >= ?`,
    )
    .pluck()
    .get(since) as string | null;
  return takenAt ?? undefined;
}

function same(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}
