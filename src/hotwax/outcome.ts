import { type Outcome, outcomeOf as outcomeOfCall } from '../platform/call-outcome.ts';
import type { HttpAnswer, HttpExchange } from '../platform/http-client.ts';
import { readBody } from './answer-body.ts';

/** What became of a call to the OMS, where a refusal may hide behind HTTP 200. Arguments as in the table of outcomes. */
export function outcomeOf(exchange: HttpExchange, now: number, secrets: () => readonly string[]): Outcome {
  return outcomeOfCall(exchange, now, secrets, outcomeOfSuccess);
}

function outcomeOfSuccess({ status, headers, body }: HttpAnswer): Outcome {
  const verdict = readBody(body, headers['content-type'] ?? '');
  switch (verdict.kind) {
    case 'done':
      return { kind: 'accepted' };
    case 'error':
      return { kind: 'refused', note: verdict.message };
    case 'login-page':
      return { kind: 'unauthorised', note: `HTTP ${status} with the log-in page`, status };
    case 'unclear':
      return { kind: 'in-doubt', note: `HTTP ${status} with ${verdict.what}: ${body}` };
  }
}
