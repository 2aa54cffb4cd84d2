import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Bytes on a disk that nobody else needs. The file loses its name as soon as it is made, so that the system takes it
 * back however its user ends. It is read and written while the thread waits: for threads with nothing else to do.
 */
export class ScratchFile {
  readonly #file: number;

  /** In `folder`, under a name like those of our temporary files for the moment that it has one. */
  constructor(folder: string) {
    const path = join(folder, `.${randomUUID()}.tmp`);
    this.#file = openSync(path, 'wx+', 0o600);
    rmSync(path);
  }

  /** Writes all of `bytes` at the place `at`. @throws system errors (ENOSPC …) as they are */
  write(bytes: Buffer, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
    }
  }

  /** Fills `bytes` with what is at the place `at`; what was never written is zeros. */
  read(bytes: Buffer, at: number): void {
    let done = 0;
    for (let more = -1; more !== 0 && done < bytes.length; done += more) {
      more = readSync(this.#file, bytes, done, bytes.length - done, at + done);
    }
    bytes.fill(0, done);
  }

  close(): void {
    closeSync(this.#file);
  }
}
