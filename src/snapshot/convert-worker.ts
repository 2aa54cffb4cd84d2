import { parentPort, workerData } from 'node:worker_threads';
import type { CrashPoint } from '../platform/crash-point.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import type { ConversionProgress } from './conversion.ts';
import { convert } from './convert.ts';
import type { ConversionMessage, ConversionWork } from './convert-in-worker.ts';
import { ReadingThread } from './reading-thread.ts';

// The entry of the conversion thread; see convert-in-worker.ts for the other side.

const { request, gate, reading } = workerData as ConversionWork;

function tell(message: ConversionMessage): void {
  parentPort?.postMessage(message);
}

const listeners = {
  onProgress: (progress: ConversionProgress) => tell({ is: 'progress', progress }),
  reached: (point: CrashPoint) => {
    tell({ is: 'reached', point });
    Atomics.wait(gate, 0, 0);
  },
};

try {
  const report = await convert(
    request,
    listeners,
    reading && { reading: new ReadingThread(reading.memory, reading.port) },
  );
  tell({ is: 'report', report });
} catch (error) {
  tell({ is: 'failed', failure: { message: messageOf(error), code: systemCode(error) } });
}
