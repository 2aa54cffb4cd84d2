import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DepartureNotes, Departures, NotesFile } from '../../src/posting/departures.ts';
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
  await Promise.all([departures.left(1), departures.left(2)]);
  departures.accepted(2, 1_795_000_000_123);
  await departures.left(3);
  // Not closed: a kill closes nothing.
  const fateOf = on('boot-1').fatesIn('first');
  expect([1, 2, 3, 4].map(fateOf)).toEqual([
    'unknown',
    { acceptedAt: 1_795_000_000_123 },
    'unknown',
    'not-left',
  ]);
});

test('however many calls have left since, one whose note was written over is unknown', async () => {
  const { notes } = await notesOn();
  const departures = begun(notes, 'first');
  for (let id = 1; id <= 10_000; id += 1) {
    const noted = departures.left(id);
    if (id % 7 === 0) await noted;
    if (id > 30) departures.accepted(id - 30, id);
  }
  await departures.left(10_001);
  const fateOf = notes.fatesIn('first');
  expect([1, 2_000, 5_000].map(fateOf)).toEqual(['unknown', 'unknown', 'unknown']);
  expect([9_970, 9_971, 10_001, 10_002].map(fateOf)).toEqual([
    { acceptedAt: 10_000 },
    'unknown',
    'unknown',
    'not-left',
  ]);
});

test('a call is not noted to leave without what was accepted before it', async () => {
  const { path, on } = await notesOn();
  let fails = false;
  class FailingFile extends NotesFile {
    override write(notes: Buffer, place: number): void {
      if (fails) throw new Error('the disk fails');
      super.write(notes, place);
    }
  }
  const departures = new Departures(new FailingFile(path, 'flagship departures 2 first boot-1 '));
  await departures.left(1);
  fails = true;
  departures.accepted(1, 1_795_000_000_123);
  await expect(departures.left(2)).rejects.toThrow('the disk fails');
  const fateOf = () => on('boot-1').fatesIn('first');
  expect([1, 2].map(fateOf())).toEqual(['unknown', 'not-left']);
  fails = false;
  await departures.left(3);
  expect([1, 2, 3].map(fateOf())).toEqual([{ acceptedAt: 1_795_000_000_123 }, 'not-left', 'unknown']);
});

test('calls that end and leave in one turn of the loop are one write', async () => {
  const { path } = await notesOn();
  const written: number[] = [];
  class CountingFile extends NotesFile {
    override write(notes: Buffer, place: number): void {
      written.push(notes.length / 16);
      super.write(notes, place);
    }
  }
  const departures = new Departures(new CountingFile(path, 'these notes '));
  // Each answer is a callback of its own, between which microtasks run.
  const answered = (id: number) =>
    new Promise<void>((resolve) => {
      process.nextTick(() => {
        departures.accepted(id, 1_000);
        void departures.left(id + 10).then(resolve);
      });
    });
  await Promise.all([answered(1), answered(2), answered(3)]);
  expect(written).toEqual([6]);
});

test('notes say nothing after another boot, of another run, where they are missing or not whole', async () => {
  const { path, notes, on } = await notesOn();
  expect(notes.fatesIn('first')(1)).toBe('unknown');
  await begun(notes, 'first').left(1);
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
  await begun(notes, 'first').left(7);
  await begun(notes, 'second').left(8);
  const fateOf = notes.fatesIn('second');
  expect([7, 8].map(fateOf)).toEqual(['not-left', 'unknown']);
});

test('nothing leaves after the end, and nothing is noted where the system does not say which boot it is', async () => {
  const { notes, path, on } = await notesOn();
  const departures = begun(notes, 'first');
  const before = readFileSync(path);
  departures.close();
  departures.accepted(1, 1);
  await expect(departures.left(1)).rejects.toThrow('has ended');
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(on('').begin('second')).toBeUndefined();
});
