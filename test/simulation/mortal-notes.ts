import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DepartureNotes, NotesFile } from '../../src/posting/departures.ts';
import type { Life } from './life.ts';

let folder: string | undefined;

function notesPath(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'flagship-notes-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return join(folder, 'departures');
}

/** The notes of departures as one life of the service makes them: a place to die after each, and none after its death. */
export class MortalNotes extends DepartureNotes {
  readonly #life: Life;

  constructor(life: Life, bootId: string) {
    super(notesPath(), bootId);
    this.#life = life;
  }

  protected override open(path: string, header: string): NotesFile {
    this.#life.use();
    return new MortalFile(path, header, this.#life);
  }
}

class MortalFile extends NotesFile {
  readonly #life: Life;

  constructor(path: string, header: string, life: Life) {
    super(path, header);
    this.#life = life;
  }

  override write(notes: Buffer, place: number): void {
    this.#life.use();
    super.write(notes, place);
    this.#life.reached('noted');
  }
}
