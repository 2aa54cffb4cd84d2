import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';

export type Feed = 'inventory' | 'sales' | 'fulfilled';

/** A file whose fate is known. Moments are in epoch milliseconds. */
export interface FileRecord {
  id: number;
  feed: Feed;
  /** Its name in work/, unique for ever. */
  workName: string;
  /** Its name as dropped. */
  name: string;
  bytes: number;
  sha256: string;
  contentSha256: string | null;
  modifiedAt: number;
  finishedAt: number;
  outcome: 'accepted' | 'repeated' | 'refused';
  reason: string | null;
  message: string | null;
  /** Where it is kept, relative to the data folder. */
  keptAs: string;
  /** Where its rejected rows are kept, relative to the data folder. */
  rejectedAs: string | null;
}

interface Row {
  id: number;
  feed: Feed;
  work_name: string;
  name: string;
  bytes: number;
  sha256: string;
  content_sha256: string | null;
  modified_at: string;
  finished_at: string;
  outcome: FileRecord['outcome'];
  reason: string | null;
  message: string | null;
  kept_as: string;
  rejected_as: string | null;
}

const columns = `id, feed, work_name, name, bytes, sha256, content_sha256, modified_at, finished_at, outcome,
  reason, message, kept_as, rejected_as`;

/** The memory of which files were taken in, and what became of them. */
export class FileRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(file: Omit<FileRecord, 'id'>): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO file (feed, work_name, name, bytes, sha256, content_sha256, modified_at, finished_at, outcome,
           reason, message, kept_as, rejected_as)
         VALUES (:feed, :workName, :name, :bytes, :sha256, :contentSha256, :modifiedAt, :finishedAt, :outcome,
           :reason, :message, :keptAs, :rejectedAs)`,
      )
      .run({ ...file, modifiedAt: toIso(file.modifiedAt), finishedAt: toIso(file.finishedAt) });
    return Number(lastInsertRowid);
  }

  byWorkName(workName: string): FileRecord | undefined {
    return this.#one(`SELECT ${columns} FROM file WHERE work_name = ?`, workName);
  }

  /** The accepted file of this feed with the same bytes, or the same content once unpacked. */
  sameContent(feed: Feed, sha256: string, contentSha256: string): FileRecord | undefined {
    return this.#one(
      `SELECT ${columns} FROM file
       WHERE feed = ? AND outcome = 'accepted' AND (sha256 = ? OR content_sha256 = ?)
       ORDER BY id LIMIT 1`,
      feed,
      sha256,
      contentSha256,
    );
  }

  /** The newest files that were refused, newest first. */
  refused(limit: number): FileRecord[] {
    const rows = this.#database
      .prepare(`SELECT ${columns} FROM file WHERE outcome = 'refused' ORDER BY id DESC LIMIT ?`)
      .all(limit) as Row[];
    return rows.map(toRecord);
  }

  /** The newest files, newest first. */
  recent(limit: number): FileRecord[] {
    const rows = this.#database
      .prepare(`SELECT ${columns} FROM file ORDER BY id DESC LIMIT ?`)
      .all(limit) as Row[];
    return rows.map(toRecord);
  }

  get(id: number): FileRecord | undefined {
    return this.#one(`SELECT ${columns} FROM file WHERE id = ?`, id);
  }

  /** The inventory file that a snapshot was made from. */
  ofSnapshot(snapshotId: number): FileRecord | undefined {
    return this.#one(
      `SELECT ${columns} FROM file WHERE id = (SELECT file_id FROM snapshot WHERE id = ?)`,
      snapshotId,
    );
  }

  #one(sql: string, ...parameters: unknown[]): FileRecord | undefined {
    const row = this.#database.prepare(sql).get(...parameters) as Row | undefined;
    return row && toRecord(row);
  }
}

function toRecord(row: Row): FileRecord {
  return {
    id: row.id,
    feed: row.feed,
    workName: row.work_name,
    name: row.name,
    bytes: row.bytes,
    sha256: row.sha256,
    contentSha256: row.content_sha256,
    modifiedAt: fromIso(row.modified_at),
    finishedAt: fromIso(row.finished_at),
    outcome: row.outcome,
    reason: row.reason,
    message: row.message,
    keptAs: row.kept_as,
    rejectedAs: row.rejected_as,
  };
}
