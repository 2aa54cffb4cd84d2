// Archives in a process of its own, which dies as if the power had gone at the nth time it reaches a point.
import { archiveHistory } from '../../src/ledger/archive.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { systemClock } from '../../src/platform/clock.ts';

const [ledger = '', folder = '', before = '', point, times] = process.argv.slice(2);
let left = Number(times);
await archiveHistory({
  database: openLedger(ledger),
  folder,
  file: `ledger-until-${before}.db`,
  before: Date.parse(before),
  who: 'test',
  clock: systemClock,
  dryRun: false,
  reached(now) {
    if (now !== point) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
