import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noFigures } from './figures.ts';
import { anyHistory } from './history.ts';
import { mutants } from './mutants.ts';
import { packingMutants } from './packing-mutants.ts';

// The simulation is worth what it notices: each part of the equation is broken in turn.

const budget = 600;

const broken = [
  ...Object.entries(mutants).map((mutant) => [...mutant, 'files'] as const),
  ...Object.entries(packingMutants).map((mutant) => [...mutant, 'stock-changes'] as const),
];

test.each(broken)(
  'the simulation notices when %s',
  async (_, mutation, sales) => {
    const figures = noFigures();
    const property = anyHistory(sales, { mutation, figures });
    const { failed } = await fc.check(property, { numRuns: budget, seed: 1, endOnFailure: true });
    expect(failed, `${figures.histories} histories went by`).toBe(true);
  },
  300_000,
);
