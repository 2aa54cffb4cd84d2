import type { HttpAnswer, HttpExchange, HttpFailure, HttpHead } from './http-client.ts';
import { keepable } from './masking.ts';
import { retryAfterMs } from './retry-after.ts';

/**
 * What is known about a call after it:
 * - `accepted`: the other side applied it;
 * - `refused`: it did not and will not; a person must look;
 * - `throttled`: it did not, and asks to come back later (`retryAfterMs`, if it says when);
 * - `unauthorised`: it did not, because it does not accept who we are; the same for every call until that is mended;
 * - `not-sent`: it cannot have applied it, since no byte of it left;
 * - `in-doubt`: nobody can say.
 *
 * `note` is the reason in one line, at most 500 characters, without secrets.
 */
export type Outcome =
  | { kind: 'accepted' }
  | { kind: 'refused'; note: string }
  | { kind: 'throttled'; note: string; retryAfterMs: number | undefined }
  | { kind: 'unauthorised'; note: string; status: number | undefined }
  | { kind: 'not-sent'; note: string }
  | { kind: 'in-doubt'; note: string };

/** What an answer with status 200 or 201 means, which only those know who know its body. */
export type ReadSuccess = (answer: HttpAnswer) => Outcome;

/**
 * The one table of outcomes. Its rule: "not applied" needs proof, which is that no byte was written, or that the
 * other side said so; everything else after the first byte is in doubt. `now` (epoch milliseconds) is for
 * `Retry-After` dates; `secrets` are masked in notes.
 */
export function outcomeOf(
  exchange: HttpExchange,
  now: number,
  secrets: () => readonly string[],
  readSuccess: ReadSuccess,
): Outcome {
  const outcome =
    'answer' in exchange
      ? outcomeOfAnswer(exchange.answer, now, readSuccess)
      : outcomeOfFailure(exchange.failure, now);
  return outcome.kind === 'accepted' ? outcome : { ...outcome, note: keepable(outcome.note, secrets()) };
}

function outcomeOfAnswer(answer: HttpAnswer, now: number, readSuccess: ReadSuccess): Outcome {
  return answer.status === 200 || answer.status === 201
    ? readSuccess(answer)
    : outcomeOfStatus(answer, answer.body, now);
}

function outcomeOfStatus(head: HttpHead, body: string, now: number): Outcome {
  const { status, headers } = head;
  const note = `HTTP ${status}${body.trim() ? `: ${body}` : ''}`;
  if (notYet.has(status)) {
    return { kind: 'throttled', note, retryAfterMs: retryAfterMs(headers['retry-after'], now) };
  }
  if (notWho.has(status)) return { kind: 'unauthorised', note, status };
  if (status >= 300 && status < 400) return outcomeOfRedirect(head);
  if (status >= 400 && status < 500 && !gaveUpWaiting.has(status)) return { kind: 'refused', note };
  return { kind: 'in-doubt', note };
}

/** Too early, too many requests, unavailable: the server says that it did not take the request. */
const notYet: ReadonlySet<number> = new Set([425, 429, 503]);

/** Not logged in, not permitted, not let through a proxy. */
const notWho: ReadonlySet<number> = new Set([401, 403, 407]);

/** 408 and nginx's 499 tell of a gateway's patience, not of what the server behind it did. */
const gaveUpWaiting: ReadonlySet<number> = new Set([408, 499]);

/** "Ask elsewhere, in the same way" is said instead of doing it; 302 and 303 are also said after doing it. */
const movedElsewhere: ReadonlySet<number> = new Set([301, 307, 308]);

function outcomeOfRedirect({ status, headers }: HttpHead): Outcome {
  const location = headers.location ?? 'nowhere';
  const note = `HTTP ${status} to ${location}`;
  if (/login/i.test(location)) return { kind: 'unauthorised', note, status };
  if (movedElsewhere.has(status))
    return { kind: 'refused', note: `${note}; correct the address in the configuration` };
  return { kind: 'in-doubt', note };
}

function outcomeOfFailure({ code, message, mayHaveBeenSent, head }: HttpFailure, now: number): Outcome {
  const note = message.includes(code) || code === 'unknown' ? message : `${message} (${code})`;
  if (!mayHaveBeenSent) return { kind: 'not-sent', note };
  // The status came and is enough where it is a "no"; a "yes" needs its body.
  if (head && head.status >= 300) return outcomeOfStatus(head, `the rest was lost: ${note}`, now);
  return { kind: 'in-doubt', note };
}
