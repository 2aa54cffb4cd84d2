import { expect, test } from 'vitest';
import { recordAhead, usualMs } from '../../src/posting/record-ahead.ts';

test.each([
  [4, 200, 0],
  [4, 10, 9],
  [8, 2, 96],
  [8, 0, 240],
])('%i at once and answers after %i ms: %i are recorded ahead', (concurrency, answerMs, ahead) => {
  expect(recordAhead({ concurrency, answerMs })).toBe(ahead);
});

test('what an answer usually takes follows slowly', () => {
  expect(usualMs(undefined, 8)).toBe(8);
  expect(usualMs(8, 24)).toBe(9);
});
