import { Worker } from 'node:worker_threads';
import { type CrashPoint, carryOn, type Reached } from '../platform/crash-point.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { threadEnvironment } from '../platform/thread-environment.ts';
import type { ConversionProgress, ConversionReport, ConversionRequest } from './conversion.ts';
import { checkPaths, removeOutputs } from './conversion-paths.ts';
import { type ConversionFailure, conversionProblem } from './conversion-problem.ts';

/** What the worker is given. */
export interface ConversionWork {
  request: ConversionRequest;
  /** The worker waits here until the main thread has heard of a crash point: 0 wait, 1 go on. */
  gate: Int32Array<SharedArrayBuffer>;
}

/** What the worker says. */
export type ConversionMessage =
  | { is: 'progress'; progress: ConversionProgress }
  | { is: 'reached'; point: CrashPoint }
  | { is: 'report'; report: ConversionReport }
  | { is: 'failed'; failure: ConversionFailure };

/** Garbage of rows needs little; the codes that were seen lie outside of the heap. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

/**
 * Converts in a thread of its own, so that the caller's stays responsive; otherwise as {@link convert}. Aborting
 * ends the thread, removes the outputs and rejects with the signal's reason.
 *
 * @throws Problem `disk-full`, `conversion-failed`, `conversion-same-file`
 */
export async function convertInWorker(
  request: ConversionRequest,
  options: {
    onProgress?: (progress: ConversionProgress) => void;
    signal?: AbortSignal;
    reached?: Reached;
  } = {},
): Promise<ConversionReport> {
  const { signal } = options;
  checkPaths(request);
  signal?.throwIfAborted();
  const gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: ConversionWork = { request, gate };
  const worker = new Worker(new URL('./convert-worker.ts', import.meta.url), {
    workerData,
    env: threadEnvironment(),
    resourceLimits,
  });
  const abort = () => void worker.terminate();
  signal?.addEventListener('abort', abort);
  try {
    return await reportOf(worker, gate, options);
  } catch (error) {
    await worker.terminate();
    await removeOutputs(request).catch(() => {}); // the first error is the one to tell
    signal?.throwIfAborted();
    throw conversionProblem(request.inputName, { message: messageOf(error), code: systemCode(error) }, error);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function reportOf(
  worker: Worker,
  gate: Int32Array<SharedArrayBuffer>,
  {
    onProgress = () => {},
    reached = carryOn,
  }: { onProgress?: (progress: ConversionProgress) => void; reached?: Reached },
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
