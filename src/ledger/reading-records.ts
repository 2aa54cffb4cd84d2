import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';

/** How far Smaregi was read for a source of movements. Moments in epoch milliseconds. */
export interface Reading {
  /** What Smaregi recorded before is never taken. */
  since: number;
  /** Everything that Smaregi had recorded by then was taken; the next reading looks back behind it. */
  readUntil: number;
  /** Levels are compared, because changes may not be read. */
  levels: boolean;
}

const secondMs = 1_000;

/** The cursors. The caller holds the transaction: that of the movements up to the moment it is moved to. */
export class ReadingRecords {
  readonly #get;
  readonly #save;
  readonly #through;
  readonly #lastAt;
  readonly #origin;

  constructor(database: Database) {
    this.#get = database.prepare('SELECT since, read_until, levels FROM reading WHERE source = ?');
    this.#save = database.prepare(
      `INSERT INTO reading (source, since, read_until, levels) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET read_until = excluded.read_until, levels = excluded.levels`,
    );
    this.#through = database.prepare('UPDATE reading SET read_at = ? WHERE source = ?');
    this.#lastAt = database.prepare('SELECT max(read_at) FROM reading').pluck();
    this.#origin = database.prepare(
      `SELECT (SELECT max(taken_at) FROM snapshot WHERE delivered_at IS NOT NULL) AS taken_at,
         (SELECT max(recorded_at) FROM movement WHERE destination = 'hotwax') AS recorded_at`,
    );
  }

  /** Undefined before the first reading. */
  get(source: string): Reading | undefined {
    const row = this.#get.get(source) as { since: string; read_until: string; levels: 0 | 1 } | undefined;
    return row && { since: fromIso(row.since), readUntil: fromIso(row.read_until), levels: row.levels === 1 };
  }

  /**
   * How a source that was never read is read: from `since`, or from what the last delivered snapshot contains and another
   * source brought, which is not to be taken again, or from `now` on. Kept at once: what Smaregi records while it cannot
   * be reached is then taken as well.
   */
  begin(source: string, { since, now }: { since: number | undefined; now: number }): Reading {
    // Smaregi's times are whole seconds: what happens in the second of the start is taken.
    const from = since ?? this.#originAt() ?? Math.floor(now / secondMs) * secondMs;
    const reading = { since: from, readUntil: from, levels: false };
    this.save(source, reading);
    return reading;
  }

  /** Keeps how far it was read; `since` is kept from the first time. */
  save(source: string, { since, readUntil, levels }: Reading): void {
    this.#save.run(source, toIso(since), toIso(readUntil), levels ? 1 : 0);
  }

  /** It was read through to its end, whether or not it had anything new. Epoch milliseconds. */
  readThrough(source: string, at: number): void {
    this.#through.run(toIso(at), source);
  }

  /** When a source was last read through; undefined when none ever was. */
  lastReadAt(): number | undefined {
    const at = this.#lastAt.get() as string | null;
    return at === null ? undefined : fromIso(at);
  }

  #originAt(): number | undefined {
    const { taken_at, recorded_at } = this.#origin.get() as {
      taken_at: string | null;
      recorded_at: string | null;
    };
    if (taken_at === null && recorded_at === null) return undefined;
    return Math.max(fromIso(taken_at ?? recorded_at ?? ''), fromIso(recorded_at ?? taken_at ?? ''));
  }
}
