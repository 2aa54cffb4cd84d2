import { statSync } from 'node:fs';
import { configurationSchema } from '../src/config/schema.ts';
import { convertInWorker } from '../src/snapshot/convert-in-worker.ts';
import { benchStores } from './inventory-file.ts';

// Run by conversion.ts, once per file in a process of its own: node bench/conversion-once.ts FILE. Prints one JSON line.

const timerMs = 10;

const input = process.argv[2] ?? '';
const { inventory, reset } = configurationSchema.parse({ delivery: { type: 'folder', directory: '.' } });
const { columns, lineEnd, comments } = reset;

let latestMs = 0;
let expectedAt = performance.now() + timerMs;
const timer = setInterval(() => {
  latestMs = Math.max(latestMs, performance.now() - expectedAt);
  expectedAt = performance.now() + timerMs;
}, timerMs);

const startedAt = performance.now();
const report = await convertInWorker({
  input,
  inputName: 'zaiko_20261124_0300.csv',
  output: `${input}.out`,
  rejected: `${input}.rejected`,
  stores: benchStores(30),
  inventory,
  reset: { columns, lineEnd, comments },
  maxUnpackedBytes: 4e9,
});
const seconds = (performance.now() - startedAt) / 1000;
clearInterval(timer);
if (report.outcome !== 'converted') throw new Error(report.message);
process.stdout.write(
  `${JSON.stringify({
    rows: report.rows,
    written: report.written,
    seconds,
    megabytes: statSync(input).size / 1e6,
    peakRssMegabytes: process.resourceUsage().maxRSS / 1024,
    latestMs,
  })}\n`,
);
