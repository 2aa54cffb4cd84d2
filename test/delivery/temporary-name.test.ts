import { expect, test } from 'vitest';
import { isTemporaryName, temporaryName } from '../../src/delivery/temporary-name.ts';

const sha256 = '0123456789abcdef'.repeat(4);

test('the temporary name says when and what, and the same file has the same one', () => {
  const file = { name: 'reset_inventory_20261124_053000.csv', sha256 };
  expect(temporaryName(file)).toBe('.flagship-20261124-053000-0123456789abcdef.part');
  expect(temporaryName({ ...file })).toBe(temporaryName(file));
});

test('other content has another temporary name', () => {
  const name = 'reset_inventory_20261124_053000.csv';
  expect(temporaryName({ name, sha256 })).not.toBe(temporaryName({ name, sha256: 'f'.repeat(64) }));
});

test.each(['reset_inventory.csv', 'reset_inventory_1.csv', '在庫.csv', `${'1'.repeat(300)}.csv`])(
  'no job that looks for reset files takes the temporary file of %s',
  (name) => {
    const temporary = temporaryName({ name, sha256 });
    expect(temporary).toMatch(/^\.flagship-[\x21-\x7e]{1,80}\.part$/);
    expect(temporary).not.toContain('reset_inventory');
    expect(temporary).not.toContain('/');
  },
);

test.each([
  ['.flagship-20261124-053000-0123456789abcdef.part', true],
  ['.flagship-check.part', true],
  ['.flagship-20261124.csv', false],
  ['flagship-1-0123456789abcdef.part', false],
  ['reset_inventory_20261124_053000.csv', false],
])('whether %s is a temporary name of ours: %s', (name, ours) => {
  expect(isTemporaryName(name)).toBe(ours);
});
