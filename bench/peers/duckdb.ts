import { availableParallelism } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { benchStores } from '../inventory-file.ts';
import { headerOf, isWide, resetHeader } from './plan.ts';
import { ranPeer } from './ran-peer.ts';

// DuckDB, the work in SQL, on all cores. Which of two repeats it keeps, and in which order it writes, is its own choice:
// that is its fastest way, and the files hold no repeats that contradict each other.

await ranPeer(async (input, output) => {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
  const database = await instance.connect();
  await database.run('SET preserve_insertion_order = false');
  await database.run(
    'CREATE TABLE stores (id VARCHAR, name VARCHAR, facility VARCHAR, external VARCHAR, location VARCHAR)',
  );
  for (const { storeId, name, facilityId, externalFacilityId, locationSeqId } of benchStores(30)) {
    const values = [storeId, `${name}在庫`, facilityId, externalFacilityId, locationSeqId].map(
      (each) => `'${each}'`,
    );
    await database.run(`INSERT INTO stores VALUES (${values.join(', ')})`);
  }
  const header = headerOf(input);
  const columns = header.map((name) => `'${name}': 'VARCHAR'`).join(', ');
  const file = `read_csv('${input}', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false,
    new_line = '\\r\\n', columns = {${columns}})`;
  const stock = isWide(input)
    ? `(SELECT store, 商品コード AS code, quantity FROM (UNPIVOT ${file} ON COLUMNS('在庫$') INTO NAME store VALUE quantity))`
    : `(SELECT 店舗ID AS store, 商品コード AS code, 在庫数 AS quantity FROM ${file})`;
  const [facility, external, location, type, product, level] = resetHeader;
  await database.run(`COPY (
    SELECT facility AS ${facility}, external AS ${external}, location AS ${location}, 'UPCA' AS ${type},
           product AS ${product}, level AS ${level}
      FROM (SELECT store, trim(code, E'\\t ') AS product, any_value(TRY_CAST(quantity AS INTEGER)) AS level
              FROM ${stock} WHERE TRY_CAST(quantity AS INTEGER) IS NOT NULL GROUP BY store, product)
      JOIN stores ON stores.${isWide(input) ? 'name' : 'id'} = store
  ) TO '${output}' (FORMAT csv, HEADER true)`);
  database.closeSync();
  instance.closeSync();
});
