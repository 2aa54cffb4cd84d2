import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ScanResult, ScanWork } from './reset-row-lookup.ts';
import { ResetRowScan } from './reset-row-scan.ts';

// The entry of the thread that looks rows up; see reset-row-lookup.ts for the other side.

const { path, cells, keys } = workerData as ScanWork;
const scan = new ResetRowScan(cells, keys);
const hash = createHash('sha256');
for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
  hash.update(chunk);
  scan.read(chunk);
}
const result: ScanResult = { found: scan.found, sha256: hash.digest('hex') };
parentPort?.postMessage(result);
