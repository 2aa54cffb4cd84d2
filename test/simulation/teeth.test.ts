import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noFigures } from './figures.ts';
import { anyHistory } from './history.ts';
import { mutants } from './mutants.ts';

// The simulation is worth what it notices: each part of the equation is broken in turn.

const budget = 600;

test.each(Object.entries(mutants))(
  'the simulation notices when %s',
  async (_, mutation) => {
    const figures = noFigures();
    const property = anyHistory({ mutation, figures });
    const { failed } = await fc.check(property, { numRuns: budget, seed: 1, endOnFailure: true });
    expect(failed, `${figures.histories} histories went by`).toBe(true);
  },
  300_000,
);
