import { describe, expect, test } from 'vitest';
import { guardFormula, unguardFormula } from '../../src/csv/formula-guard.ts';

describe('cells for spreadsheets', () => {
  test.each(['=1+1', '+cmd', '-cmd', '@SUM(A1)', '\t4901', '\r=1', '-5-3'])(
    '%j gets an apostrophe',
    (cell) => {
      expect(guardFormula(cell)).toBe(`'${cell}`);
      expect(unguardFormula(guardFormula(cell))).toBe(cell);
    },
  );

  test.each(['-5', '+12', '-1,204', '-12.50', '4901234567894', "O'Neill", '', 'a=b', "'quoted"])(
    '%j stays as it is, there and back',
    (cell) => {
      expect(guardFormula(cell)).toBe(cell);
      expect(unguardFormula(cell)).toBe(cell);
    },
  );
});
