import type { Database } from '../../src/platform/database.ts';

const prepare = (database: Database, sql: string) => database.prepare<unknown[]>(sql);

export type Statement = ReturnType<typeof prepare>;

/** What a statement answers: rows as objects, as arrays, or the first column alone. */
export type Shape = 'rows' | 'raw' | 'pluck';

const compiled = new WeakMap<Database, Map<string, Statement>>();

/** A statement, compiled once for all lives and histories on a database. */
export function statementOf(database: Database, sql: string, shape: Shape = 'rows'): Statement {
  const statements = compiled.get(database) ?? new Map<string, Statement>();
  compiled.set(database, statements);
  const key = `${shape} ${sql}`;
  const known = statements.get(key);
  if (known) return known;
  const statement = prepare(database, sql);
  if (shape === 'pluck') statement.pluck();
  if (shape === 'raw') statement.raw();
  statements.set(key, statement);
  return statement;
}
