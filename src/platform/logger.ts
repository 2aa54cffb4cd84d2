import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** JSON lines for machines; short readable lines when a person is watching on a terminal. */
export function createLogger(level: LogLevel, stream: NodeJS.WriteStream = process.stdout): Logger {
  const base = null; // no pid and host on every line: pm2 and journald add their own
  const timestamp = pino.stdTimeFunctions.isoTime;
  if (!stream.isTTY) return pino({ level, base, timestamp }, stream);
  return pino(
    { level, base, timestamp },
    pretty({ destination: stream, sync: true, translateTime: 'SYS:HH:MM:ss', singleLine: true }),
  );
}
