import { expect, test } from 'vitest';
import { packingMemo } from '../../src/ledger/packing-memo.ts';

const line = '3:4550538264826/1';

test.each([
  ['90003910', 1, 'flagship:pack:90003910:7'],
  ['90003910', 2, 'flagship:pack:90003910:7-2'],
  ['#1001 A', 1, 'flagship:pack:#1001%20A:7'],
  ['注文1', 1, 'flagship:pack:%E6%B3%A8%E6%96%871:7'],
])('order %s in its generation %i is %s', (order, generation, memo) => {
  expect(packingMemo({ movementId: 7, key: `${order}/${line}` }, generation)).toBe(memo);
});

test('a memo is printable ASCII of at most 100 characters, and ends with the number of its posting', () => {
  const key = `${'注文'.repeat(50)}/${line}`;
  const memo = packingMemo({ movementId: 123_456_789, key }, 12);
  expect(memo).toMatch(/^[!-~]{100}$/);
  expect(memo).toMatch(/:123456789-12$/);
});
