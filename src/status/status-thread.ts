import { parentPort, workerData } from 'node:worker_threads';
import { CallRate } from '../ledger/call-rate.ts';
import { FileRecords } from '../ledger/file-records.ts';
import { SnapshotRecords } from '../ledger/snapshot-records.ts';
import { systemClock } from '../platform/clock.ts';
import { openForReading } from '../platform/database.ts';
import { messageOf } from '../platform/problem.ts';
import { archivedResetRows } from '../snapshot/reset-row-lookup.ts';
import { BacklogHistory } from './backlog-history.ts';
import { onlineOf } from './online-answer.ts';
import { explainRow } from './row-explanation.ts';
import { readStatus } from './status.ts';
import type { StatusAnswer, StatusQuestion, StatusThreadData } from './status-reader.ts';

// The entry of the thread that reads for the status page; see status-reader.ts for the other side.

/** What the chart shows. */
const minutes = 180;

const { path, settings, stores, folders } = workerData as StatusThreadData;
const database = openForReading(path);
const sources = {
  database,
  files: new FileRecords(database),
  snapshots: new SnapshotRecords(database),
  stores,
  settings,
  rows: archivedResetRows({ folders, stores, columns: settings.reset.columns }),
  watch: { rate: new CallRate(database, 'hotwax', minutes), history: new BacklogHistory(minutes) },
};
const closing = new AbortController();

/** Stories may go through a file of millions of rows: one after the other, however many are asked for. */
let lastStory: Promise<unknown> = Promise.resolve();

async function answer(question: StatusQuestion): Promise<unknown> {
  // One transaction, so that all figures are of one moment.
  if (question.is === 'status')
    return database.transaction(() => readStatus(sources, settings, question.now))();
  const story = lastStory.then<unknown>(() =>
    question.is === 'story'
      ? explainRow(sources, question, closing.signal)
      : onlineOf(sources, question.productCode, closing.signal),
  );
  lastStory = story.catch(() => undefined);
  return story;
}

async function tell(id: number, question: StatusQuestion): Promise<void> {
  const say = (said: StatusAnswer) => parentPort?.postMessage(said);
  const begun = systemClock.now();
  try {
    const text = JSON.stringify(await answer(question));
    say({ id, text, tookMs: systemClock.now() - begun });
  } catch (error) {
    say({ id, failure: messageOf(error) });
  }
}

parentPort?.on('message', (asked: { id: number; question: StatusQuestion } | 'close') => {
  if (asked !== 'close') return void tell(asked.id, asked.question);
  closing.abort();
  void lastStory.then(() => {
    database.close();
    parentPort?.close();
  });
});
