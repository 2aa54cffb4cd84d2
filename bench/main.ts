// npm run bench: every benchmark, one after the other, each in a process of its own. Figures are of this machine and
// this hour: compare within one run.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const runs = [
  ['conversion beside other programs', 'conversion.ts'],
  ['conversion of more and more rows', 'growth.ts'],
  ["delivery beside OpenSSH's sftp", 'delivery.ts'],
  ['taking in sales lines', 'ingest.ts'],
  ['posting, 4 at once, an OMS that answers at once', 'posting.ts', '4', '12000', '0'],
  ['posting, 8 at once, an OMS that answers at once', 'posting.ts', '8', '12000', '0'],
  ['posting, 32 at once, an OMS that answers at once', 'posting.ts', '32', '12000', '0'],
  ['posting, 8 at once, an OMS that answers after 2 ms', 'posting.ts', '8', '8000', '2'],
  ['posting, 8 at once, an OMS that answers after 5 ms', 'posting.ts', '8', '5000', '5'],
  ['one sale, on an idle service and while 500 MB convert', 'latency.ts', '30', '6500000'],
  ['one sale in the till, with webhooks', 'webhook-latency.ts'],
  ['a million postings due', 'backlog.ts'],
  ['the status page on 2 million postings', 'page.ts'],
  ['rows looked up in a Reset CSV of 3 million', 'reset-lookup.ts'],
  ['3 million levels compared with an export', 'levels.ts'],
] as const;

for (const [what, script, ...args] of runs) {
  console.log(`\n${what}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
