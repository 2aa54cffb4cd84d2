import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';

/** What one comparison of the OMS's levels with the ledger's found. */
export interface Reconciliation {
  /** Epoch milliseconds. */
  at: number;
  /** `oms`, or the name of an exported file. */
  source: string;
  levels: number;
  equal: number;
  withinOpen: number;
  zeroed: number;
  lost: number;
  doubled: number;
  changed: number;
  /** Where the levels that differ are listed; null: there are none. */
  driftFile: string | null;
}

const columns = `at, source, levels, equal, within_open AS withinOpen, zeroed, lost, doubled, changed,
  drift_file AS driftFile`;

export class ReconciliationRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(reconciliation: Reconciliation): void {
    this.#database
      .prepare(
        `INSERT INTO reconciliation (at, source, levels, equal, within_open, zeroed, lost, doubled, changed, drift_file)
         VALUES (:at, :source, :levels, :equal, :withinOpen, :zeroed, :lost, :doubled, :changed, :driftFile)`,
      )
      .run({ ...reconciliation, at: toIso(reconciliation.at) });
  }

  /** The newest. */
  last(): Reconciliation | undefined {
    const row = this.#database
      .prepare(`SELECT ${columns} FROM reconciliation ORDER BY id DESC LIMIT 1`)
      .get() as (Omit<Reconciliation, 'at'> & { at: string }) | undefined;
    return row && { ...row, at: fromIso(row.at) };
  }
}
