import type { Database } from '../../src/platform/database.ts';
import type { Life } from './life.ts';
import { type Shape, statementOf } from './statements.ts';

type Parameters = unknown[];
/**
 * The ledger as one life of the service sees it: after its death every access fails, and what a transaction under way
 * had written is rolled back, as SQLite does after a real one. Every commit is a place to die before and after.
 */
export function mortal(database: Database, life: Life): Database {
  const outermost = <Result>(work: () => Result): Result => {
    life.use();
    if (database.inTransaction) return work();
    const result = work();
    life.reached('committed');
    return result;
  };
  return new Proxy(database, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => mortalStatement(target, sql, 'rows', outermost, life);
      if (name === 'transaction') {
        return (work: (...parameters: Parameters) => unknown) =>
          mortalTransaction(target, work, outermost, life);
      }
      life.use();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function mortalTransaction(
  database: Database,
  work: (...parameters: Parameters) => unknown,
  outermost: <Result>(work: () => Result) => Result,
  life: Life,
): unknown {
  const transaction = database.transaction((...parameters: Parameters) => {
    const result = work(...parameters);
    life.use();
    life.reached('before-commit');
    return result;
  });
  const run = (...parameters: Parameters) => outermost(() => transaction(...parameters));
  const immediate = (...parameters: Parameters) => outermost(() => transaction.immediate(...parameters));
  return Object.assign(run, { immediate });
}

function mortalStatement(
  database: Database,
  sql: string,
  shape: Shape,
  outermost: <Result>(work: () => Result) => Result,
  life: Life,
): unknown {
  const statement = statementOf(database, sql, shape);
  const alive =
    <Result>(read: (...parameters: Parameters) => Result) =>
    (...parameters: Parameters) => {
      life.use();
      return read(...parameters);
    };
  return {
    run: (...parameters: Parameters) => outermost(() => statement.run(...parameters)),
    get: alive((...parameters: Parameters) => statement.get(...parameters)),
    all: alive((...parameters: Parameters) => statement.all(...parameters)),
    iterate: alive((...parameters: Parameters) => statement.iterate(...parameters)),
    pluck: () => mortalStatement(database, sql, 'pluck', outermost, life),
    raw: () => mortalStatement(database, sql, 'raw', outermost, life),
  };
}
