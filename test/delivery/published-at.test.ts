import { expect, test } from 'vitest';
import { publishedAt } from '../../src/delivery/deliver.ts';

test('a file that was taken meanwhile had its name since its upload was complete, not since we heard of it', () => {
  expect(publishedAt({ how: 'taken-meanwhile' }, 1_000, 9_000)).toBe(1_000);
  expect(publishedAt({ how: 'delivered' }, 1_000, 9_000)).toBe(9_000);
  expect(publishedAt({ how: 'already-there' }, 1_000, 9_000)).toBe(9_000);
});
