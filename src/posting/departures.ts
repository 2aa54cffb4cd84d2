import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Fate } from '../ledger/call-records.ts';
import { systemCode } from '../platform/problem.ts';

// A header that says whose notes these are, then places for so many notes, used in turn and over again. A note never
// lies across two pages, so that a process that is killed leaves it as it was or as it should be; of several that are
// written at once, the first.
const places = 8_192;
const noteBytes = 16;
const headerBytes = 128;

/**
 * A call makes two notes at most, and calls leave nearly in the order in which they are recorded: one that had left so
 * long before the newest may have been written over.
 */
const oldest = places / 4;

/**
 * Where it is noted which recorded calls have left and which were accepted, for the process that comes after this one
 * was killed. The file is written and not flushed: a kill leaves it, a power cut may not. It therefore counts on the
 * same boot of the machine only; otherwise nobody can say what became of a call, as without it.
 */
export class DepartureNotes {
  readonly #path: string;
  readonly #bootId: string;

  /** `bootId`: which boot of the machine this is; empty where the system does not say, and then nothing can be noted. */
  constructor(path: string, bootId = currentBoot()) {
    this.#path = path;
    this.#bootId = bootId;
  }

  /** What was noted of calls in the run of that name; of all `unknown` where its notes do not count. */
  fatesIn(run: string): (callId: number) => Fate {
    const content = contentOf(this.#path);
    const header = this.#headerOf(run);
    const isWhole = content?.length === headerBytes + places * noteBytes;
    if (!isWhole || header === undefined || !content.toString('utf8', 0, headerBytes).startsWith(header)) {
      return () => 'unknown';
    }
    return fatesOf(content.subarray(headerBytes));
  }

  /** Begins the notes of a run, with nothing noted. @throws what the file system says */
  begin(run: string): Departures | undefined {
    const header = this.#headerOf(run);
    return header === undefined ? undefined : new Departures(this.open(this.#path, header));
  }

  /** @throws what the file system says */
  protected open(path: string, header: string): NotesFile {
    return new NotesFile(path, header);
  }

  #headerOf(run: string): string | undefined {
    return this.#bootId === '' ? undefined : `flagship departures 2 ${run} ${this.#bootId} `;
  }
}

/** The file, written in place. Every method throws what the file system says. */
export class NotesFile {
  readonly #file: number;

  constructor(path: string, header: string) {
    const content = Buffer.alloc(headerBytes + places * noteBytes);
    content.write(header);
    this.#file = openSync(path, 'w', 0o600);
    this.#write(content, 0);
  }

  /** Writes notes from the n-th place on. */
  write(notes: Buffer, place: number): void {
    this.#write(notes, headerBytes + place * noteBytes);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(bytes: Buffer, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
    }
  }
}

/** That a call is about to leave (`acceptedAt` 0), or was accepted then, epoch milliseconds. */
interface Note {
  callId: number;
  acceptedAt: number;
}

/**
 * The notes of the run that is going on. What is to be noted within one turn of the event loop is written together, in
 * order, that calls were accepted and that others leave in their stead, say: it is never noted that a call leaves
 * without what was accepted before.
 */
export class Departures {
  readonly #file: NotesFile;
  #notes: Note[] = [];
  #written = 0;
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(file: NotesFile) {
    this.#file = file;
  }

  /** Resolves when it is noted that a call is about to leave; rejects when that cannot be: then it must not leave. */
  left(callId: number): Promise<void> {
    return this.#note({ callId, acceptedAt: 0 });
  }

  /** Notes that a call was accepted, epoch milliseconds. */
  accepted(callId: number, acceptedAt: number): void {
    // What cannot be written now comes with the next.
    this.#note({ callId, acceptedAt }).catch(() => {});
  }

  /** Nothing more may leave. */
  close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  #note(note: Note): Promise<void> {
    this.#notes.push(note);
    this.#writing ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#writing = undefined;
        try {
          this.#write();
          resolve();
        } catch (error) {
          this.#notes = this.#notes.filter(({ acceptedAt }) => acceptedAt > 0);
          reject(error);
        }
      });
    });
    return this.#writing;
  }

  #write(): void {
    if (this.#closed) throw new Error('posting has ended');
    for (let done = 0; done < this.#notes.length; ) {
      const place = (this.#written + done) % places;
      const together = this.#notes.slice(done, done + places - place);
      this.#file.write(encoded(together), place);
      done += together.length;
    }
    this.#written += this.#notes.length;
    this.#notes = [];
  }
}

function encoded(notes: readonly Note[]): Buffer {
  const bytes = Buffer.allocUnsafe(notes.length * noteBytes);
  for (const [index, { callId, acceptedAt }] of notes.entries()) {
    bytes.writeDoubleBE(callId, index * noteBytes);
    bytes.writeDoubleBE(acceptedAt, index * noteBytes + 8);
  }
  return bytes;
}

function fatesOf(notes: Buffer): (callId: number) => Fate {
  const left = new Set<number>();
  const acceptedAt = new Map<number, number>();
  let newest = 0;
  for (let at = 0; at < notes.length; at += noteBytes) {
    const callId = notes.readDoubleBE(at);
    const moment = notes.readDoubleBE(at + 8);
    if (moment > 0) acceptedAt.set(callId, moment);
    else left.add(callId);
    newest = Math.max(newest, callId);
  }
  return (callId) => {
    const moment = acceptedAt.get(callId);
    if (moment !== undefined) return { acceptedAt: moment };
    return left.has(callId) || callId < newest - oldest ? 'unknown' : 'not-left';
  };
}

/** What Linux calls this boot; empty elsewhere. */
function currentBoot(): string {
  return contentOf('/proc/sys/kernel/random/boot_id')?.toString('utf8').trim() ?? '';
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
