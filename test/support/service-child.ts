// The real service in a process of its own, which dies at the point named by CRASH_AT as if the power had gone.
import { run } from '../../src/commands/run.ts';

const crashAt = process.env.CRASH_AT;
const configPath = process.argv[2] ?? '';
const code = await run(configPath, process.env, (point) => {
  if (point === crashAt) process.kill(process.pid, 'SIGKILL');
});
process.exit(code);
