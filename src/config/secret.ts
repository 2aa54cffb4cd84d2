import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Problem, systemCode } from '../platform/problem.ts';

export type SecretSource = { env: string } | { file: string };

/**
 * A value that cannot print itself: not in logs, JSON, errors or templates. It is read from its source each
 * time it is revealed, so that a rotated file is picked up.
 */
export class Secret {
  readonly #source: SecretSource;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(source: SecretSource, environment: NodeJS.ProcessEnv) {
    this.#source = source;
    this.#environment = environment;
  }

  /** The value without a trailing line end. @throws Problem `secret-missing` */
  reveal(): string {
    let value = '';
    let why = '';
    try {
      value = this.#read();
    } catch (error) {
      why = ` (${systemCode(error) ?? 'unreadable'})`;
    }
    if (value !== '') return value;
    throw new Problem(
      'secret-missing',
      `No value in ${this.describe()}${why}.`,
      'Set it, or correct its name in the configuration.',
    );
  }

  /** Where the value comes from, which is no secret. */
  describe(): string {
    return 'env' in this.#source
      ? `environment variable ${this.#source.env}`
      : `secret file ${this.#source.file}`;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }

  #read(): string {
    if ('env' in this.#source) return this.#environment[this.#source.env] ?? '';
    return readFileSync(this.#source.file, 'utf8').replace(/\r?\n$/, '');
  }
}
