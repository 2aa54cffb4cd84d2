import { expect, test } from 'vitest';
import type { CallOutcome } from '../../src/ledger/need.ts';
import { type PostingFacts, postingOf } from '../../src/ledger/posting-state.ts';

// Facts as text. A movement and what happened to it, in order of time; every word stands one moment after the one before:
//
//   sale       Smaregi recorded it              T1, T2     a snapshot was taken
//   +ok -ok    told / taken back, accepted      A1, A2     the OMS applied that snapshot; the row is in it
//   +no        refused                          a1         applied, but the row is not in its Reset CSV
//   +not       not applied                      ?1         applied, and nobody looked whether the row is in it
//   +lost      in doubt                         replay     a person asks for it again
//   +now       under way                        window     its row is inside a window from now on

const outcomes: Record<string, [CallOutcome, boolean]> = {
  ok: ['accepted', false],
  no: ['refused', false],
  not: ['not-applied', false],
  lost: ['unknown', true],
  now: ['unknown', false],
};

function factsOf(story: string): PostingFacts {
  const facts = { recordedAt: 0, calls: [], resets: [], replayAskedAt: undefined, inWindow: false } as {
    -readonly [Key in keyof PostingFacts]: PostingFacts[Key] extends readonly (infer Item)[]
      ? Item[]
      : PostingFacts[Key];
  };
  const taken = new Map<string, number>();
  for (const [at, word] of story.split(' ').entries()) {
    const [, sign = '', name = ''] = /^([+-]|[TAa?])?(.+)$/.exec(word) ?? [];
    if (word === 'sale') facts.recordedAt = at;
    else if (word === 'window') facts.inWindow = true;
    else if (word === 'replay') facts.replayAskedAt = at;
    else if (sign === 'T') taken.set(name, at);
    else if (sign === '+' || sign === '-') {
      const [outcome, doubt] = outcomes[name] ?? ['accepted', false];
      facts.calls.push({ sentAt: at, multiplicity: sign === '+' ? 1 : -1, outcome, doubt });
    } else {
      const contained = { A: true, a: false, '?': undefined }[sign];
      facts.resets.push({ takenAt: taken.get(name) ?? 0, appliedAt: at, contained });
    }
  }
  return facts;
}

test.each([
  ['sale', 'due +1'],
  ['sale window', 'held +1'],
  ['sale +now', 'sending ?'],
  ['sale +lost', 'in-doubt ?'],
  ['sale +not', 'waiting +1'],
  ['sale +not window', 'held +1'],
  ['sale +no', 'refused +1'],
  ['sale +no window', 'refused +1'],
  ['sale +no replay', 'due +1'],
  ['sale +ok', 'posted 0'],
  // The snapshot contains it.
  ['sale T1 A1', 'absorbed 0'],
  ['T1 A1 sale', 'due +1'],
  ['T1 sale A1', 'due +1'],
  ['sale +ok T1 A1', 'absorbed 0'],
  ['sale T1 +ok A1', 'absorbed 0'],
  // Told before the reset that does not contain it: told again.
  ['T1 sale +ok A1', 'due +1'],
  ['T1 sale +ok A1 +ok', 'posted 0'],
  ['T1 sale +no A1', 'due +1'],
  ['T1 sale +not A1', 'due +1'],
  // Told after the reset that contains it: taken back.
  ['sale T1 A1 +ok', 'due -1'],
  ['sale T1 A1 +ok -ok', 'absorbed 0'],
  ['sale T1 A1 +ok -lost', 'in-doubt ?'],
  // A reset settles every doubt that is older.
  ['sale +lost T1 A1', 'absorbed 0'],
  ['T1 sale +lost A1', 'due +1'],
  ['T1 A1 sale +lost', 'in-doubt ?'],
  // The row was not in the file.
  ['sale T1 a1', 'due +1'],
  ['T1 sale +ok a1', 'posted 0'],
  // The base is the reset last applied, not the newest snapshot.
  ['T1 sale T2 A2 A1', 'due +1'],
  ['T1 sale T2 A1 A2', 'absorbed 0'],
  ['T1 sale T2 A2 a1', 'absorbed 0'],
  // Nobody looked: held only where it makes a difference.
  ['sale T1 ?1', 'held ?'],
  ['T1 ?1 sale', 'due +1'],
  ['T1 sale ?1 +ok', 'posted 0'],
  ['T1 sale +ok ?1', 'held ?'],
  ['sale T1 T2 ?1 A2', 'absorbed 0'],
  ['sale T1 T2 A1 ?2', 'absorbed 0'],
  ['T1 sale T2 A2 ?1', 'held ?'],
])('%s: %s', (story, expected) => {
  const { state, need } = postingOf(factsOf(story));
  const shown = need === undefined ? '?' : need > 0 ? `+${need}` : String(need);
  expect(`${state} ${shown}`).toBe(expected);
});
