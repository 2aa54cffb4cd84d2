import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DepartureNotes } from '../../src/posting/departures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function notesOn(bootId = 'boot-1') {
  const path = join(await temporaryFolder(), 'departures');
  const on = (boot: string) => new DepartureNotes(path, boot);
  return { path, notes: on(bootId), on };
}

function begun(notes: DepartureNotes, run: string) {
  const departures = notes.begin(run);
  if (!departures) throw new Error('nothing can be noted');
  return departures;
}

test('what has left, what was accepted and what was kept is known to the next process', async () => {
  const { notes, on } = await notesOn();
  const departures = begun(notes, 'first');
  departures.left(1);
  departures.left(2);
  expect(departures.accepted(2, 1_795_000_000_123)).toBe(true);
  // Not closed: a kill closes nothing.
  const fateOf = on('boot-1').fatesIn('first');
  expect([1, 2, 3].map(fateOf)).toEqual(['unknown', { acceptedAt: 1_795_000_000_123 }, 'not-left']);
});

test('a call whose place was used again is unknown', async () => {
  const { notes } = await notesOn();
  const departures = begun(notes, 'first');
  departures.left(5 + 4_096);
  const fateOf = notes.fatesIn('first');
  expect(fateOf(5)).toBe('unknown');
  expect(fateOf(5 + 2 * 4_096)).toBe('not-left');
});

test('notes say nothing after another boot, of another run, where they are missing or not whole', async () => {
  const { path, notes, on } = await notesOn();
  expect(notes.fatesIn('first')(1)).toBe('unknown');
  begun(notes, 'first').left(1);
  expect(notes.fatesIn('first')(2)).toBe('not-left');
  expect(on('boot-2').fatesIn('first')(2)).toBe('unknown');
  expect(notes.fatesIn('second')(2)).toBe('unknown');
  expect(notes.fatesIn('fir')(2)).toBe('unknown');
  truncateSync(path, 4_000);
  expect(notes.fatesIn('first')(2)).toBe('unknown');
  writeFileSync(path, 'something else');
  expect(notes.fatesIn('first')(2)).toBe('unknown');
});

test('a new run begins with nothing noted', async () => {
  const { notes } = await notesOn();
  begun(notes, 'first').left(7);
  begun(notes, 'second').left(8);
  const fateOf = notes.fatesIn('second');
  expect([7, 8].map(fateOf)).toEqual(['not-left', 'unknown']);
});

test('nothing leaves after the end, and nothing is noted where the system does not say which boot it is', async () => {
  const { notes, path, on } = await notesOn();
  const departures = begun(notes, 'first');
  const before = readFileSync(path);
  departures.close();
  expect(() => departures.left(1)).toThrow('has ended');
  expect(departures.accepted(1, 1)).toBe(false);
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(on('').begin('second')).toBeUndefined();
});
