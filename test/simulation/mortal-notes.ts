import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DepartureNotes, type Departures } from '../../src/posting/departures.ts';
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

  override begin(run: string): Departures | undefined {
    const life = this.#life;
    life.use();
    const departures = super.begin(run);
    if (!departures) return undefined;
    return new Proxy(departures, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]) => {
          life.use();
          const result: unknown = value.apply(target, parameters);
          if (name !== 'close') life.reached('noted');
          return result;
        };
      },
    });
  }
}
