import { startService } from '../app.ts';
import { loadConfiguration, requireSecrets } from '../config/configuration.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type CrashPoint, carryOn } from '../platform/crash-point.ts';
import { type ExitCode, exitCode, exitCodeOf } from '../platform/exit-code.ts';
import { createLogger, type Logger } from '../platform/logger.ts';
import { messageOf, Problem } from '../platform/problem.ts';

/** How long a stop may take before what is in hand is given back; pm2's kill_timeout is above it. */
const drainMs = 20_000;

/**
 * Runs the service until SIGINT or SIGTERM, and tells pm2 (or any parent with a channel) when it is ready.
 * Returns the process's exit code.
 */
export async function run(
  configPath: string,
  environment: NodeJS.ProcessEnv,
  reached: (point: CrashPoint) => void = carryOn,
): Promise<ExitCode> {
  let log = createLogger('info');
  try {
    const configuration = loadConfiguration(configPath, environment);
    requireSecrets(configuration, configPath);
    log = createLogger(configuration.log.level);
    // Before anything is started: a signal meanwhile is obeyed as soon as there is something to stop in order.
    const stopped = stopSignal();
    const service = await startService({ configuration, clock: systemClock, log, reached });
    process.send?.('ready');
    const failure = await Promise.race([stopped.first, service.failed.then((error) => ({ error }))]);
    if (typeof failure === 'string') log.info(`${failure}: stopping`);
    await service.stop(deadlineSignal(systemClock, stopped.second));
    if (typeof failure !== 'string') throw failure.error;
    log.info('stopped');
    return exitCode.done;
  } catch (error) {
    reportFatal(log, error);
    return exitCodeOf(error);
  }
}

/** The first SIGINT or SIGTERM asks for an orderly stop; `second` is aborted by the next one. */
function stopSignal(): { first: Promise<string>; second: AbortSignal } {
  const impatient = new AbortController();
  const first = new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.once(name, () => {
        resolve(name);
        process.once(name, () => impatient.abort());
      });
    }
  });
  return { first, second: impatient.signal };
}

function deadlineSignal(clock: Clock, second: AbortSignal): AbortSignal {
  const deadline = new AbortController();
  void clock.sleep(drainMs, second).then(() => deadline.abort());
  return deadline.signal;
}

function reportFatal(log: Logger, error: unknown): void {
  if (error instanceof Problem) {
    log.fatal({ code: error.code, advice: error.advice }, error.message);
  } else {
    log.fatal({ err: error }, `the service ends: ${messageOf(error)}`);
  }
}
