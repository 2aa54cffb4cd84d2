import { type Backoff, backoffMs } from '../platform/backoff.ts';
import type { BearerCall, Pass } from '../platform/bearer-calls.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpAnswer, HttpRequest } from '../platform/http-client.ts';
import { Problem } from '../platform/problem.ts';
import { oddAnswer } from './paging.ts';
import type { RequestGate } from './request-gate.ts';

/** A read is tried so often before its poll gives up; the next poll begins anew. */
const tries = 4;
const retry: Backoff = { firstMs: 500, maxMs: 8_000 };

export interface ApiReadsOptions {
  call: (request: HttpRequest, pass: Pass) => Promise<BearerCall>;
  gate: RequestGate;
  clock: Clock;
  random: () => number;
  /** For messages. */
  baseUrl: string;
}

/** Reads of Smaregi: within their limit, and repeated where that may help, since reading changes nothing. */
export class ApiReads {
  readonly #options: ApiReadsOptions;

  constructor(options: ApiReadsOptions) {
    this.#options = options;
  }

  /**
   * The answer to a GET. `signal` ends the waiting, and the interest in an answer that is under way.
   *
   * @throws Problem `smaregi-unauthorised`, `smaregi-forbidden`, `smaregi-not-found`, `smaregi-read-refused`,
   * `smaregi-odd-answer`, `smaregi-unreachable`; the signal's reason
   */
  async read(path: string, signal?: AbortSignal): Promise<HttpAnswer> {
    const { gate, clock, random } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const { outcome, answer } = await unlessAborted(this.#send(path, signal), signal);
      if (outcome.kind === 'accepted' && answer) return answer;
      const pauseMs = backoffMs(retry, attempt, random);
      if (outcome.kind === 'throttled') gate.closeFor(outcome.retryAfterMs ?? pauseMs);
      const mayHelp =
        outcome.kind === 'throttled' || outcome.kind === 'not-sent' || outcome.kind === 'in-doubt';
      if (!mayHelp || attempt === tries) throw this.#problem(path, outcome, answer?.status);
      if (outcome.kind !== 'throttled') await clock.sleep(pauseMs, signal);
    }
  }

  #send(path: string, signal: AbortSignal | undefined): Promise<BearerCall> {
    const { call, gate } = this.#options;
    const request = { method: 'GET', path, headers: { accept: 'application/json' } } as const;
    return call(request, () => gate.pass(signal));
  }

  #problem(path: string, outcome: BearerCall['outcome'], status: number | undefined): Problem {
    const { baseUrl } = this.#options;
    const what = path.split('?')[0];
    const note = 'note' in outcome ? outcome.note : 'no answer';
    if (status === 403) {
      return new Problem(
        'smaregi-forbidden',
        `Smaregi does not let us read ${what}: ${note}`,
        'The contract, its plan or the scopes of the application do not include it: see the developer console.',
      );
    }
    if (outcome.kind === 'unauthorised') {
      return new Problem(
        'smaregi-unauthorised',
        `Smaregi (${baseUrl}) does not accept us: ${note}`,
        'Correct smaregi.contractId, clientId, clientSecret or scopes; then "flagship check".',
      );
    }
    if (status === 404) {
      return new Problem('smaregi-not-found', `Smaregi has no ${what}: ${note}`, 'Nothing, as a rule.');
    }
    if (outcome.kind === 'refused') {
      return new Problem(
        'smaregi-read-refused',
        `Smaregi refuses to read ${what}: ${note}`,
        'Check smaregi.baseUrl; if it is right, tell the engineers. It is asked again at the next poll.',
      );
    }
    if (outcome.kind === 'in-doubt' && status === 200) return oddAnswer(`${what} answered: ${note}`);
    return new Problem(
      'smaregi-unreachable',
      `Smaregi (${baseUrl}) could not be read: ${note}`,
      'Check the network, or wait: it is asked again at the next poll, and nothing is lost meanwhile.',
    );
  }
}

/** An answer that nobody waits for any more may still come; nothing hangs on it. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return work;
  let leave = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
