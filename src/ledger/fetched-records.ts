import type { Database } from '../platform/database.ts';
import { toIso } from '../platform/time-zone.ts';

/** A file as its place shows it. `modifiedAt` in epoch milliseconds, by the clock there. */
export interface RemoteFile {
  /** The address of its place. */
  place: string;
  name: string;
  bytes: number;
  modifiedAt: number;
}

/** The memory of files that were fetched and had to be left where they are. */
export class FetchedRecords {
  readonly #find;
  readonly #add;

  constructor(database: Database) {
    this.#find = database.prepare(
      'SELECT 1 FROM fetched WHERE place = ? AND name = ? AND bytes = ? AND modified_at = ?',
    );
    this.#add = database.prepare(
      'INSERT INTO fetched (place, name, bytes, modified_at, sha256, at) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  knows({ place, name, bytes, modifiedAt }: RemoteFile): boolean {
    return this.#find.get(place, name, bytes, toIso(modifiedAt)) !== undefined;
  }

  /** `at`: when it was fetched, epoch milliseconds. */
  add({ place, name, bytes, modifiedAt }: RemoteFile, sha256: string, at: number): void {
    this.#add.run(place, name, bytes, toIso(modifiedAt), sha256, toIso(at));
  }
}
