import { expect, test } from 'vitest';
import { Slots } from '../../src/posting/slots.ts';

/** What those who asked were answered so far, in order of their asking. */
function asking(slots: Slots, times: number): (boolean | undefined)[] {
  const answers: (boolean | undefined)[] = Array.from({ length: times }, () => undefined);
  for (const index of answers.keys()) {
    void Promise.resolve(slots.take()).then((granted) => {
      answers[index] = granted;
    });
  }
  return answers;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('as many as there are slots go at once, the others in order as slots are freed', async () => {
  const slots = new Slots(2);
  const answers = asking(slots, 4);
  await turn();
  expect(answers).toEqual([true, true, undefined, undefined]);
  slots.free();
  await turn();
  expect(answers).toEqual([true, true, true, undefined]);
  slots.free();
  slots.free();
  await turn();
  expect(answers).toEqual([true, true, true, true]);
});

test('with fewer slots those that are taken stay so; with more, whoever waits goes', async () => {
  const slots = new Slots(2);
  const answers = asking(slots, 3);
  slots.resize(1);
  slots.free();
  await turn();
  expect(answers).toEqual([true, true, undefined]);
  slots.resize(2);
  await turn();
  expect(answers).toEqual([true, true, true]);
});

test('closing sends away whoever waits, not whoever finds a free slot', async () => {
  const slots = new Slots(1);
  const early = asking(slots, 2);
  slots.close();
  const late = asking(slots, 1);
  await turn();
  expect([early, late]).toEqual([[true, false], [false]]);
  slots.free();
  expect(slots.take()).toBe(true);
  slots.open();
  const reopened = asking(slots, 1);
  await turn();
  expect(reopened).toEqual([undefined]);
});
