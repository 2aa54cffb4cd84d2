import { stat } from 'node:fs/promises';
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { type CrashPoint, carryOn } from '../platform/crash-point.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { threadEnvironment } from '../platform/thread-environment.ts';
import type { ConversionProgress, ConversionReport, ConversionRequest } from './conversion.ts';
import { checkPaths, removeOutputs } from './conversion-paths.ts';
import { type ConversionFailure, conversionProblem } from './conversion-problem.ts';
import type { ConversionListeners } from './convert.ts';
import { type ReadingMemory, type ReadingWork, readingMemory } from './reading-memory.ts';

/** What the thread that converts is given. */
export interface ConversionWork {
  request: ConversionRequest;
  /** It waits here until the main thread has heard of a crash point: 0 wait, 1 go on. */
  gate: Int32Array<SharedArrayBuffer>;
  /** Where another thread gives it what to convert; without it reads by itself. */
  reading?: { memory: ReadingMemory; port: MessagePort };
}

/** What it says. */
export type ConversionMessage =
  | { is: 'progress'; progress: ConversionProgress }
  | { is: 'reached'; point: CrashPoint }
  | { is: 'report'; report: ConversionReport }
  | { is: 'failed'; failure: ConversionFailure };

/** Garbage of rows needs little; the codes that were seen lie outside of the heap. */
const converterLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };
const readerLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 };

/** A file from this size on is worth a thread that reads it beside the one that converts. */
const worthAReaderBytes = 4 * 1024 * 1024;

/**
 * Converts in threads of their own, so that the caller's stays responsive; otherwise as {@link convert}. Aborting
 * ends the threads, removes the outputs and rejects with the signal's reason.
 *
 * @throws Problem `disk-full`, `conversion-failed`, `conversion-same-file`
 */
export async function convertInWorker(
  request: ConversionRequest,
  options: ConversionListeners & { signal?: AbortSignal } = {},
): Promise<ConversionReport> {
  const { signal } = options;
  checkPaths(request);
  signal?.throwIfAborted();
  const gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let threads: Worker[] = [];
  const end = () => Promise.all(threads.map((thread) => thread.terminate()));
  try {
    const { size } = await stat(request.input);
    threads = size >= worthAReaderBytes ? twoThreads(request, gate) : [converter({ request, gate })];
    signal?.throwIfAborted();
    signal?.addEventListener('abort', end);
    const [report] = await Promise.all([
      reportOf(threads[0] as Worker, gate, options),
      ...threads.slice(1).map(endOf),
    ]);
    return report;
  } catch (error) {
    await end();
    await removeOutputs(request).catch(() => {}); // the first error is the one to tell
    signal?.throwIfAborted();
    throw conversionProblem(request.inputName, { message: messageOf(error), code: systemCode(error) }, error);
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

function twoThreads(request: ConversionRequest, gate: ConversionWork['gate']): Worker[] {
  const { input, inputName, maxUnpackedBytes, inventory } = request;
  const memory = readingMemory();
  const { port1, port2 } = new MessageChannel();
  const work: ReadingWork = {
    request: { input, inputName, maxUnpackedBytes, encoding: inventory.encoding },
    memory,
    port: port1,
  };
  return [
    converter({ request, gate, reading: { memory, port: port2 } }),
    threadOf('./reading-worker.ts', work, readerLimits, port1),
  ];
}

function converter(work: ConversionWork): Worker {
  return threadOf('./convert-worker.ts', work, converterLimits, work.reading?.port);
}

function threadOf(
  script: string,
  workerData: ConversionWork | ReadingWork,
  resourceLimits: ResourceLimits,
  port: MessagePort | undefined,
): Worker {
  return new Worker(new URL(script, import.meta.url), {
    workerData,
    transferList: port ? [port] : [],
    env: threadEnvironment(),
    resourceLimits,
  });
}

/** Waits until a thread has ended by itself. */
function endOf(thread: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.on('error', reject);
    thread.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('the reading thread ended'))));
  });
}

function reportOf(
  worker: Worker,
  gate: Int32Array<SharedArrayBuffer>,
  { onProgress = () => {}, reached = carryOn }: ConversionListeners,
): Promise<ConversionReport> {
  return new Promise((resolve, reject) => {
    const hear = (message: ConversionMessage) => {
      if (message.is === 'progress') onProgress(message.progress);
      else if (message.is === 'report') resolve(message.report);
      else if (message.is === 'failed') reject(Object.assign(new Error(), message.failure));
      else {
        reached(message.point);
        Atomics.store(gate, 0, 1);
        Atomics.notify(gate, 0);
      }
    };
    worker.on('message', (message: ConversionMessage) => {
      try {
        hear(message);
      } catch (error) {
        reject(error); // thrown by onProgress or reached
      }
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the conversion thread ended without a result')));
  });
}
