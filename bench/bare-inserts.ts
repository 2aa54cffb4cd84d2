import { linesPerBatch } from '../src/intake/receive-sales.ts';
import type { Database } from '../src/platform/database.ts';
import { benchProduct } from './bench-retailer.ts';

const at = '2026-11-01T00:00:00.000Z';

/**
 * What SQLite comes to that is handed the rows of so many new sales lines, movement, line and posting, with nothing to
 * read, decide or look up. Returns lines per second.
 */
export function bareInserts(
  database: Database,
  { lines, stores }: { lines: number; stores: number },
): number {
  const movement = database.prepare(
    `INSERT INTO movement (source, key, destination, store_id, product_code, kind, quantity, occurred_at, recorded_at)
     VALUES ('transactions', ?, 'hotwax', ?, ?, 'sale', -1, ?, ?)`,
  );
  const line = database.prepare(
    `INSERT INTO transaction_line
       (source, transaction_id, line_id, version_at, store_id, product_code, effect, movements)
     VALUES ('transactions', ?, ?, ?, ?, ?, -1, 1)`,
  );
  const postings = database.prepare(
    `INSERT INTO posting (movement_id, destination, state, need, urgency, recorded_at)
     SELECT id, destination, 'due', 1, 0, recorded_at FROM movement WHERE id > ? AND id <= ?`,
  );
  const insert = database.transaction((from: number, to: number) => {
    for (let n = from; n < to; n += 1) {
      const transaction = String(8_000_000 + (n >> 1));
      const lineId = String(1 + (n % 2));
      const store = String(1 + ((n >> 1) % stores));
      const product = benchProduct((n * 7919) % 20_000);
      movement.run(`${transaction}/${lineId}/1`, store, product, at, at);
      line.run(transaction, lineId, at, store, product);
    }
    postings.run(from, to);
  });
  const start = performance.now();
  for (let from = 0; from < lines; from += linesPerBatch) insert(from, Math.min(lines, from + linesPerBatch));
  return lines / ((performance.now() - start) / 1000);
}
