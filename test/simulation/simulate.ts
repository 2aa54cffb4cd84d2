// npm run simulate -- --histories 100000 --seed N [--minutes N] [--processes N] [--on-disk FOLDER]
//
// Lives through random histories, in several processes, until all are lived, the minutes are over, or one fails. That
// one is made as short as it can be, and told.
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { addFigures, noFigures, show } from './figures.ts';
import type { BatchEnd, BatchOrder } from './simulate-batch.ts';

/** Small enough to see it go on, large enough that starting one costs nothing. */
const historiesPerBatch = 200;

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    processes: { type: 'string' },
    'on-disk': { type: 'string' },
  },
});
const histories = wholeNumber('histories', values.histories);
const seed = wholeNumber('seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
const processes = wholeNumber('processes', values.processes ?? String(availableParallelism()));
const minutes =
  values.minutes === undefined ? Number.POSITIVE_INFINITY : wholeNumber('minutes', values.minutes);

let ordered = 0;
let failed: string | undefined;
const figures = noFigures();
const startedAt = performance.now();

function nextOrder(): BatchOrder | undefined {
  const isOver = performance.now() - startedAt > minutes * 60_000;
  if (failed !== undefined || ordered >= histories || isOver) return undefined;
  const count = Math.min(historiesPerBatch, histories - ordered);
  // A batch is found again by its place, in however many processes it is run.
  const order = { seed: (seed + ordered) | 0, histories: count, folder: values['on-disk'] };
  ordered += count;
  return order;
}

async function work(): Promise<void> {
  const child = fork(new URL('./simulate-batch.ts', import.meta.url));
  try {
    for (let order = nextOrder(); order; order = nextOrder()) take(await askFor(child, order));
  } finally {
    child.disconnect();
  }
}

function askFor(child: ChildProcess, order: BatchOrder): Promise<BatchEnd> {
  return new Promise((resolve, reject) => {
    const exited = () => reject(new Error('a process ended without an answer'));
    child.once('exit', exited);
    child.once('message', (end) => {
      child.off('exit', exited);
      resolve(end as BatchEnd);
    });
    child.send(order);
  });
}

function take(end: BatchEnd): void {
  addFigures(figures, end.figures);
  failed ??= end.failure;
  progress();
}

function progress(): void {
  const seconds = (performance.now() - startedAt) / 1_000;
  const line = `${figures.histories} of ${histories} histories, ${Math.round(figures.histories / seconds)} a second`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line} `);
  else if (figures.histories % (historiesPerBatch * 50) === 0) process.stderr.write(`${line}\n`);
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  console.error(`--${name} must be a whole number, not "${text}".`);
  process.exit(2);
}

await Promise.all(Array.from({ length: processes }, work));
if (process.stderr.isTTY) process.stderr.write('\n');
if (failed !== undefined) console.log(failed);
else console.log(show(figures, seed, (performance.now() - startedAt) / 1_000));
process.exitCode = failed === undefined ? 0 : 1;
