import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ledgerRecords } from '../../src/ledger/ledger-records.ts';
import { ResetRecords } from '../../src/ledger/reset-records.ts';
import { noFigures } from './figures.ts';
import { anyHistory } from './history.ts';
import type { Mutation } from './simulated-service.ts';
import { storyOf } from './story.ts';

// Some hundred histories; `npm run simulate` lives as many as one likes.

test('whatever happens to files of sales, in whatever order, no sale is lost and none is doubled', async () => {
  const figures = noFigures();
  const details = await fc.check(anyHistory('files', { figures }), { numRuns: 200, seed: 20_261_124 });
  expect(details.failed, details.failed ? await storyOf(details) : '').toBe(false);
  // Not for want of anything to go wrong.
  expect(figures.resets).toBeGreaterThan(100);
  expect(figures.crashes).toBeGreaterThan(30);
  expect(figures.doubts).toBeGreaterThan(30);
}, 180_000);

test('the same where a reset has so many rows that they are looked for together', async () => {
  const together: Mutation = {
    records(database, clock) {
      const records = ledgerRecords(database, clock);
      return { ...records, resets: new ResetRecords(database, records, 1) };
    },
  };
  const figures = noFigures();
  const property = anyHistory('files', { figures, mutation: together });
  const details = await fc.check(property, { numRuns: 100, seed: 20_261_126 });
  expect(details.failed, details.failed ? await storyOf(details) : '').toBe(false);
  expect(figures.resets).toBeGreaterThan(50);
}, 180_000);

test('whatever happens to packed orders, each lowers Smaregi once, and none comes back to the OMS', async () => {
  const figures = noFigures();
  const details = await fc.check(anyHistory('stock-changes', { figures }), {
    numRuns: 200,
    seed: 20_261_125,
  });
  expect(details.failed, details.failed ? await storyOf(details) : '').toBe(false);
  expect(figures.packings).toBeGreaterThan(200);
  expect(figures.resets).toBeGreaterThan(100);
  expect(figures.crashes).toBeGreaterThan(20);
  expect(figures.doubts).toBeGreaterThan(30);
}, 180_000);
