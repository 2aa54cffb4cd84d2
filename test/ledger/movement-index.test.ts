import { expect, test } from 'vitest';
import { DoubtRecords } from '../../src/ledger/doubt-records.ts';
import { EchoRecords } from '../../src/ledger/echo-records.ts';
import { ledgerRecords } from '../../src/ledger/ledger-records.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { toldCalls } from '../../src/ledger/told-calls.ts';
import type { Database } from '../../src/platform/database.ts';
import { makeLedger, movement } from '../support/ledger.ts';

const row = { storeId: '1', productCode: '4901234000001' };
const others = 3;

/** More parts of the index than one: ids go on far behind those of the movements so far. */
function goOn(database: Database, id: number): void {
  database.prepare(`UPDATE sqlite_sequence SET seq = ? WHERE name = 'movement'`).run(id);
}

test('the movements of a row are found in every part of the index, in any ledger', async () => {
  const { database, movements, postings } = await makeLedger();
  const list = () => listPostings(database, row, 100).map(({ key }) => key);
  expect(list()).toEqual([]);
  for (const [number, lastId] of [32_763, 65_535, 70_000, 900_000].entries()) {
    goOn(database, lastId);
    for (let other = 0; other < others; other += 1) {
      movements.add(movement(`${number}/${other}`, { productCode: `other ${other}` }));
    }
    movements.add(movement(`${number}/1/1`));
  }
  expect(list().sort()).toEqual(['0/1/1', '1/1/1', '2/1/1', '3/1/1']);
  database.prepare('DELETE FROM posting WHERE movement_id < 65600').run();
  database.prepare('DELETE FROM movement WHERE id < 65600').run();
  expect(list().sort()).toEqual(['2/1/1', '3/1/1']);
  const [due] = postings
    .due('hotwax', Date.now(), 100)
    .filter(({ productCode }) => productCode === row.productCode);
  expect(due && postings.dueOfRow('hotwax', due, Date.now(), 100)).toHaveLength(2);
});

test('whoever asks for a row has SQLite look for it in the index', async () => {
  const { database } = await makeLedger();
  const asked: string[] = [];
  const recording = new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'prepare') return typeof value === 'function' ? value.bind(target) : value;
      return (sql: string) => {
        asked.push(sql);
        return target.prepare(sql);
      };
    },
  });
  const { postings } = ledgerRecords(recording, { now: () => 0 });
  new EchoRecords(recording);
  new DoubtRecords(recording);
  toldCalls(recording, row, { after: 0, before: 1 });
  listPostings(recording, row, 10);
  const posting = {
    ...row,
    kind: 'sale',
    movementId: 1,
    source: '',
    key: '',
    quantity: 1,
    recordedAt: 0,
    need: 1,
    failures: 0,
  };
  postings.dueOfRow('hotwax', posting, 0, 10);
  const ofRow = asked.filter((sql) => sql.includes('part (number)'));
  expect(ofRow.length).toBe(8);
  for (const sql of ofRow) {
    const bound = Object.fromEntries([...sql.matchAll(/:(\w+)/g)].map(([, name]) => [name, '']));
    const positions = [...sql.matchAll(/\?/g)].map(() => '');
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...positions, ...(positions.length ? [] : [bound]));
    const steps = (plan as { detail: string }[]).map(({ detail }) => detail);
    expect(steps.filter((step) => /movement_by_row \(<expr>=\? AND product_code=\?/.test(step))).toHaveLength(
      1,
    );
  }
});
