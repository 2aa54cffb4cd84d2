import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, systemCode } from '../platform/problem.ts';
import { convert } from './convert.ts';
import type { ConversionMessage, ConversionWork } from './convert-in-worker.ts';

// The entry of the conversion thread; see convert-in-worker.ts for the other side.

const { request, gate } = workerData as ConversionWork;

function tell(message: ConversionMessage): void {
  parentPort?.postMessage(message);
}

try {
  const report = await convert(
    request,
    (progress) => tell({ is: 'progress', progress }),
    (point) => {
      tell({ is: 'reached', point });
      Atomics.wait(gate, 0, 0);
    },
  );
  tell({ is: 'report', report });
} catch (error) {
  tell({ is: 'failed', failure: { message: messageOf(error), code: systemCode(error) } });
}
