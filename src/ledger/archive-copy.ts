import type { Database } from '../platform/database.ts';
import type { HistoryGroup } from './closed-history.ts';

// SQL between the ledger (`main`) and an archive file of the same schema, attached as `archive`. Whole rows are copied
// with `*`: both files have the same migrations, and a column that is added later must not be left behind.

/** The tables that move, parents first, and which ids of a batch choose their rows. */
const tables = [
  ['movement', 'id', 'movements'],
  ['call', 'id', 'calls'],
  ['call_movement', 'call_id', 'calls'],
  ['doubt', 'call_id', 'calls'],
  ['receipt', 'call_id', 'calls'],
  ['posting', 'movement_id', 'movements'],
  ['replay', 'movement_id', 'movements'],
] as const;

/** The snapshots whose Reset CSVs were looked through for a row of a movement that moves. */
const snapshots = `SELECT snapshot_id FROM main.movement JOIN main.snapshot_row USING (product_code, store_id)
  WHERE movement.id IN (SELECT value FROM json_each(?))`;

/** What explains the moved rows; it stays in the ledger too. */
const context = [
  `INSERT OR IGNORE INTO archive.file SELECT * FROM main.file WHERE id IN
     (SELECT file_id FROM main.snapshot WHERE id IN (${snapshots}))`,
  `INSERT OR IGNORE INTO archive.snapshot SELECT * FROM main.snapshot WHERE id IN (${snapshots})`,
  `INSERT OR IGNORE INTO archive.snapshot_store SELECT * FROM main.snapshot_store WHERE snapshot_id IN (${snapshots})`,
  `INSERT OR IGNORE INTO archive.reset SELECT * FROM main.reset WHERE snapshot_id IN (${snapshots})`,
  `INSERT OR IGNORE INTO archive.snapshot_row SELECT snapshot_row.* FROM main.movement
     JOIN main.snapshot_row USING (product_code, store_id) WHERE movement.id IN (SELECT value FROM json_each(?))`,
];

const chosen = (column: string) => `${column} IN (SELECT value FROM json_each(?))`;

interface Ids {
  movements: string;
  calls: string;
}

/** Ids as SQL takes them. */
export function idsOf(groups: readonly HistoryGroup[]): Ids {
  return {
    movements: JSON.stringify(groups.flatMap(({ movements }) => movements)),
    calls: JSON.stringify(groups.flatMap(({ calls }) => calls)),
  };
}

/** Copies the rows of a batch into the archive, and what they name. */
export function copyRows(database: Database, ids: Ids): void {
  for (const sql of context) database.prepare(sql).run(ids.movements);
  for (const [table, column, kind] of tables) {
    database
      .prepare(`INSERT INTO archive.${table} SELECT * FROM main.${table} WHERE ${chosen(column)}`)
      .run(ids[kind]);
  }
}

/** Whether the archive has exactly the rows of a batch that the ledger has, in number and content. */
export function copyIsEqual(database: Database, ids: Ids): boolean {
  return tables.every(([table, column, kind]) => {
    const rows = (file: string) => `FROM ${file}.${table} WHERE ${chosen(column)}`;
    const { differing, ledger, archive } = database
      .prepare(
        `SELECT (SELECT count(*) FROM (SELECT * ${rows('main')} EXCEPT SELECT * ${rows('archive')})) AS differing,
           (SELECT count(*) ${rows('main')}) AS ledger, (SELECT count(*) ${rows('archive')}) AS archive`,
      )
      .get(ids[kind], ids[kind], ids[kind], ids[kind]) as Record<string, number>;
    return differing === 0 && ledger === archive;
  });
}

/** Deletes the rows of a batch, children first. */
export function deleteRows(database: Database, file: 'main' | 'archive', ids: Ids): void {
  for (const [table, column, kind] of tables.toReversed()) {
    database.prepare(`DELETE FROM ${file}.${table} WHERE ${chosen(column)}`).run(ids[kind]);
  }
}

/** Deletes from the archive what the ledger still has: copies that a sudden end left before their originals went. */
export function deleteLeftCopies(database: Database): void {
  for (const [table, column, kind] of tables.toReversed()) {
    const parent = kind === 'movements' ? 'movement' : 'call';
    database
      .prepare(
        `DELETE FROM archive.${table} WHERE EXISTS
           (SELECT 1 FROM main.${parent} AS original WHERE original.id = archive.${table}.${column})`,
      )
      .run();
  }
}
