import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const entry = fileURLToPath(new URL('./service-child.ts', import.meta.url));
const commandLine = fileURLToPath(new URL('../../src/start.js', import.meta.url));

/** The service in a process of its own. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<{ code: number | null; signal: string | null }>;
  #output = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk) => {
      this.#output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      this.#output += chunk;
    });
    this.#exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  }

  /** Starts it; resolves when it says that it is ready, or when it has ended before that. */
  static async start(configPath: string, environment: Record<string, string> = {}): Promise<ServiceProcess> {
    const child = spawn(process.execPath, [entry, configPath], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const service = new ServiceProcess(child);
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await service.#exited;
    });
    const ready = new Promise<void>((resolve) => {
      child.on('message', (message) => message === 'ready' && resolve());
    });
    await Promise.race([ready, service.#exited]);
    return service;
  }

  get output(): string {
    return this.#output;
  }

  get exited(): Promise<{ code: number | null; signal: string | null }> {
    return this.#exited;
  }

  /** Orderly: SIGTERM, then its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return (await this.#exited).code;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs one command of the command line to its end. */
export async function flagship(args: string[], environment: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [commandLine, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** Waits until `look` gives something, and gives it; fails with `what` after `withinMs`. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
  withinMs = 60_000,
): Promise<Value> {
  const rounds = Math.ceil(withinMs / 50);
  for (let round = 0; round < rounds; round += 1) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    await delay(50);
  }
  throw new Error(`never happened: ${what}`);
}
