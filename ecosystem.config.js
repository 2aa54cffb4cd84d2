// pm2's view of the service: npx pm2 start ecosystem.config.js
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const apps = [
  {
    name: 'flagship',
    script: here('src/main.ts'),
    cwd: here('.'),
    // The Node that npm ci installed, whatever the system's is.
    interpreter: here('node_modules/node/bin/node'),
    // A small nursery: what a stream leaves behind is collected soon, instead of growing to hundreds of megabytes.
    node_args: '--max-semi-space-size=2',
    // One instance, never cluster: two would watch one folder and write one ledger.
    exec_mode: 'fork',
    instances: 1,
    // "online" means that the service said so.
    wait_ready: true,
    listen_timeout: 30_000,
    // Above the 20 seconds in which the service finishes or puts back what is in hand.
    kill_timeout: 40_000,
    // Wrong configuration does not get better by restarting. Not 0: pm2 takes a death by signal (kill -9, out of
    // memory) for an exit with 0, and that must be restarted.
    stop_exit_codes: [2],
    exp_backoff_restart_delay: 500,
    autorestart: true,
  },
];
