import { expect, test } from 'vitest';
import { withKeptPlan } from '../../src/platform/kept-plan.ts';
import { makeLedger } from '../support/ledger.ts';

test.each([
  ['SELECT a FROM b WHERE c = ? LIMIT ?', 'SELECT a FROM b WHERE c = +? LIMIT +?'],
  ['INSERT INTO b VALUES (?, :name, @other, ?2)', 'INSERT INTO b VALUES (+?, +:name, +@other, +?2)'],
  ['SELECT +?, a+?', 'SELECT +?, a+?'],
  [`SELECT '?', 'it''s :no', "a?b" -- why?`, `SELECT '?', 'it''s :no', "a?b" -- why?`],
  ["SELECT coalesce(:a, '~') || ? /* ? */", "SELECT coalesce(+:a, '~') || +? /* ? */"],
])('%s', (sql, kept) => {
  expect(withKeptPlan(sql)).toBe(kept);
});

test('values keep their types, and rows their strictness', async () => {
  const { database } = await makeLedger();
  const types = database.prepare('SELECT typeof(?), typeof(?), typeof(?), typeof(?)').raw();
  expect(types.get(1, 1.5, 'one', null)).toEqual(['real', 'real', 'text', 'null']);
  database.exec('CREATE TABLE kept (n INTEGER, t TEXT) STRICT');
  database.prepare('INSERT INTO kept VALUES (?, :t)').run(7, { t: '007' });
  expect(database.prepare('SELECT n, t FROM kept WHERE n = ? AND t = ?').get(7, '007')).toEqual({
    n: 7,
    t: '007',
  });
  expect(() => database.prepare('INSERT INTO kept (n) VALUES (?)').run('seven')).toThrow(/INTEGER/);
});
