import { enableCompileCache } from 'node:module';

// As the service does it: code is compiled once per version, not once per start.
enableCompileCache();

const timerMs = 10;

/**
 * Runs `convert` once on the files of the command line and prints one JSON line: how long it took, the most memory
 * that the process held, and how late a timer of this thread was at most.
 */
export async function ranPeer(convert: (input: string, output: string) => Promise<void>): Promise<void> {
  const [input = '', output = ''] = process.argv.slice(2);
  let latestMs = 0;
  let expectedAt = performance.now() + timerMs;
  const timer = setInterval(() => {
    latestMs = Math.max(latestMs, performance.now() - expectedAt);
    expectedAt = performance.now() + timerMs;
  }, timerMs);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await convert(input, output);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  const residentMegabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
  process.stdout.write(
    `${JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, residentMegabytes, latestMs })}\n`,
  );
}
