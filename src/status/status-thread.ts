import { parentPort, workerData } from 'node:worker_threads';
import { CallRate } from '../ledger/call-rate.ts';
import { FileRecords } from '../ledger/file-records.ts';
import { rowSnapshots } from '../ledger/row-story.ts';
import { SnapshotRecords } from '../ledger/snapshot-records.ts';
import { systemClock } from '../platform/clock.ts';
import { openForReading } from '../platform/database.ts';
import { messageOf } from '../platform/problem.ts';
import { BacklogHistory } from './backlog-history.ts';
import { readStatus } from './status.ts';
import type { StatusAnswer, StatusQuestion, StatusThreadData } from './status-reader.ts';
import { snapshotLimit, tellStory } from './story-document.ts';

// The entry of the thread that reads for the status page; see status-reader.ts for the other side.

/** What the chart shows. */
const minutes = 180;

const { path, settings, stores } = workerData as StatusThreadData;
const database = openForReading(path);
const sources = {
  database,
  files: new FileRecords(database),
  snapshots: new SnapshotRecords(database),
  stores,
  watch: { rate: new CallRate(database, 'hotwax', minutes), history: new BacklogHistory(minutes) },
};

function answer(question: StatusQuestion): unknown {
  switch (question.is) {
    case 'status':
      // One transaction, so that all figures are of one moment.
      return database.transaction(() => readStatus(sources, settings, question.now))();
    case 'story':
      return tellStory(database, {
        ...question,
        stores,
        settings,
        history: rowSnapshots(database, question, snapshotLimit),
      });
  }
}

parentPort?.on('message', (asked: { id: number; question: StatusQuestion } | 'close') => {
  if (asked === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  const tell = (said: StatusAnswer) => parentPort?.postMessage(said);
  try {
    const begun = systemClock.now();
    const text = JSON.stringify(answer(asked.question));
    tell({ id: asked.id, text, tookMs: systemClock.now() - begun });
  } catch (error) {
    tell({ id: asked.id, failure: messageOf(error) });
  }
});
