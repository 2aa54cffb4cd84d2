import type { Clock } from '../platform/clock.ts';

/** What shall go wrong, for the next so many delta calls; counts go down as they are used. */
export interface Faults {
  /** Every call waits this long before it is applied, and this long after, until cleared. */
  delayMs?: number;
  answerDelayMs?: number;
  /** The connection breaks: before the call is applied, or after. */
  dropBefore?: number;
  dropAfter?: number;
  /** An HTTP status instead of the answer; `applied` for one that comes although the call was applied. */
  status?: { code: number; times: number; retryAfter?: number | string; applied?: boolean };
  /** HTTP 200 with this body, nothing applied. */
  errorBody?: { body: unknown; times: number };
  /** HTTP 200 with an HTML log-in page, nothing applied. */
  htmlLogin?: number;
  /** Applied, and answered as the OMS's documentation prints it: an echo that is not valid JSON. */
  brokenJson?: number;
}

/** What goes wrong with one call. */
export type Fault =
  | { kind: 'none' }
  | { kind: 'drop-before' }
  | { kind: 'drop-after' }
  | { kind: 'status'; code: number; retryAfter: string | undefined; applied: boolean }
  | { kind: 'error-body'; body: unknown }
  | { kind: 'html-login' }
  | { kind: 'broken-json' };

/** The faults that are still to come. */
export class FaultPlan {
  #faults: Faults = {};

  /** Adds to what is planned; a fault of the same kind is replaced. */
  set(faults: Faults): void {
    this.#faults = { ...this.#faults, ...structuredClone(faults) };
  }

  clear(): void {
    this.#faults = {};
  }

  get planned(): Faults {
    return structuredClone(this.#faults);
  }

  get delayMs(): number {
    return this.#faults.delayMs ?? 0;
  }

  get answerDelayMs(): number {
    return this.#faults.answerDelayMs ?? 0;
  }

  /** The fault of the next call, used up by asking. */
  next(): Fault {
    const { status, errorBody } = this.#faults;
    if (this.#use('dropBefore')) return { kind: 'drop-before' };
    if (status && status.times > 0) {
      status.times -= 1;
      const retryAfter = status.retryAfter === undefined ? undefined : String(status.retryAfter);
      return { kind: 'status', code: status.code, retryAfter, applied: status.applied ?? false };
    }
    if (errorBody && errorBody.times > 0) {
      errorBody.times -= 1;
      return { kind: 'error-body', body: errorBody.body };
    }
    if (this.#use('htmlLogin')) return { kind: 'html-login' };
    if (this.#use('dropAfter')) return { kind: 'drop-after' };
    if (this.#use('brokenJson')) return { kind: 'broken-json' };
    return { kind: 'none' };
  }

  #use(name: 'dropBefore' | 'dropAfter' | 'htmlLogin' | 'brokenJson'): boolean {
    const left = this.#faults[name] ?? 0;
    if (left <= 0) return false;
    this.#faults[name] = left - 1;
    return true;
  }
}

/** Whether a call with this fault is applied, whatever its caller sees. */
export function appliesIn(fault: Fault): boolean {
  if (fault.kind === 'status') return fault.applied;
  return fault.kind === 'none' || fault.kind === 'drop-after' || fault.kind === 'broken-json';
}

export async function pause(clock: Clock, ms: number): Promise<void> {
  if (ms > 0) await clock.sleep(ms);
}
