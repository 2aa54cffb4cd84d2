import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Native addons (better-sqlite3) crash in worker threads of the runner; processes are the safe pool.
    pool: 'forks',
    maxWorkers: 2,
    // No measure of speed: it ends a test that hangs, also on a busy machine with few cores.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
