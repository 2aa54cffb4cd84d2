import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Fate } from '../ledger/call-records.ts';
import { systemCode } from '../platform/problem.ts';

// A header that says whose notes these are, then one slot for each call: its id, and when it was accepted, or 0. A slot
// is used again after so many calls, far more than are ever open at once, and never lies across two pages, so that
// a process that is killed leaves it as it was or as it should be.
const slots = 4_096;
const slotBytes = 32;
const headerBytes = 128;

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
    const isWhole = content?.length === headerBytes + slots * slotBytes;
    if (!isWhole || header === undefined || !content.toString('utf8', 0, headerBytes).startsWith(header)) {
      return () => 'unknown';
    }
    return (callId) => fateAt(content, callId);
  }

  /** Begins the notes of a run, with nothing noted. @throws what the file system says */
  begin(run: string): Departures | undefined {
    const header = this.#headerOf(run);
    return header === undefined ? undefined : new Departures(this.#path, header);
  }

  #headerOf(run: string): string | undefined {
    return this.#bootId === '' ? undefined : `flagship departures 1 ${run} ${this.#bootId} `;
  }
}

/** The notes of the run that is going on. */
export class Departures {
  #file: number | undefined;
  readonly #slot = Buffer.alloc(slotBytes);

  /** @throws what the file system says */
  constructor(path: string, header: string) {
    const content = Buffer.alloc(headerBytes + slots * slotBytes);
    content.write(header);
    this.#file = openSync(path, 'w', 0o600);
    writeSync(this.#file, content);
  }

  /** Notes that a call is about to leave. @throws what the file system says; then it must not leave */
  left(callId: number): void {
    this.#note(callId, 0);
  }

  /** Notes that a call was accepted, epoch milliseconds. Returns whether it could be. */
  accepted(callId: number, at: number): boolean {
    try {
      this.#note(callId, at);
      return true;
    } catch {
      // Not lost: it is recorded in the ledger next.
      return false;
    }
  }

  /** Nothing more may leave. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #note(callId: number, acceptedAt: number): void {
    if (this.#file === undefined) throw new Error('posting has ended');
    this.#slot.writeDoubleBE(callId, 0);
    this.#slot.writeDoubleBE(acceptedAt, 8);
    writeSync(this.#file, this.#slot, 0, slotBytes, placeOf(callId));
  }
}

function fateAt(notes: Buffer, callId: number): Fate {
  const place = placeOf(callId);
  const id = notes.readDoubleBE(place);
  const acceptedAt = notes.readDoubleBE(place + 8);
  if (id < callId) return 'not-left';
  return id === callId && acceptedAt > 0 ? { acceptedAt } : 'unknown';
}

/** What Linux calls this boot; empty elsewhere. */
function currentBoot(): string {
  return contentOf('/proc/sys/kernel/random/boot_id')?.toString('utf8').trim() ?? '';
}

function placeOf(callId: number): number {
  return headerBytes + (callId % slots) * slotBytes;
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
