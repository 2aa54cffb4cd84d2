import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { CallRecords } from './call-records.ts';
import { FileRecords } from './file-records.ts';
import { MovementRecords } from './movement-records.ts';
import { PostingRecords } from './posting-records.ts';
import { postingOf } from './posting-state.ts';
import { ResetRecords } from './reset-records.ts';
import { RowQuestions } from './row-questions.ts';
import { SnapshotRecords } from './snapshot-records.ts';
import { WindowRecords } from './window-records.ts';

/** Everything that reads and writes one ledger. */
export interface LedgerRecords {
  database: Database;
  files: FileRecords;
  snapshots: SnapshotRecords;
  postings: PostingRecords;
  calls: CallRecords;
  movements: MovementRecords;
  windows: WindowRecords;
  questions: RowQuestions;
  resets: ResetRecords;
}

/** `rule`: what the state of a posting follows from. There is one; a test puts wrong ones in its place. */
export function ledgerRecords(
  database: Database,
  clock: Pick<Clock, 'now'>,
  rule: typeof postingOf = postingOf,
): LedgerRecords {
  const postings = new PostingRecords(database, rule);
  const calls = new CallRecords(database, postings);
  const snapshots = new SnapshotRecords(database);
  const windows = new WindowRecords(database, postings);
  const questions = new RowQuestions(database, postings);
  return {
    database,
    files: new FileRecords(database),
    snapshots,
    postings,
    calls,
    movements: new MovementRecords(database, postings, calls, clock),
    windows,
    questions,
    resets: new ResetRecords(database, { postings, snapshots, questions, windows }),
  };
}
