import { type Outcome, outcomeOf } from '../platform/call-outcome.ts';
import type { HttpAnswer, HttpExchange } from '../platform/http-client.ts';
import { rowIn, textOf } from './api-row.ts';

/**
 * What became of a call to Smaregi: its status decides, and a success must be JSON. `now` in epoch milliseconds;
 * `secrets` are masked in notes.
 */
export function apiOutcome(exchange: HttpExchange, now: number, secrets: () => readonly string[]): Outcome {
  return outcomeOf(readable(exchange), now, secrets, outcomeOfSuccess);
}

function outcomeOfSuccess({ status, body }: HttpAnswer): Outcome {
  const first = body.trimStart()[0];
  if (first === '{' || first === '[') return { kind: 'accepted' };
  return { kind: 'in-doubt', note: `HTTP ${status} with an answer that is no JSON: ${body}` };
}

/** A problem document's title and detail, in place of its JSON. */
function readable(exchange: HttpExchange): HttpExchange {
  if (!('answer' in exchange) || exchange.answer.status < 400) return exchange;
  const problem = rowIn(exchange.answer.body);
  if (!problem) return exchange;
  const words = [textOf(problem, 'title'), textOf(problem, 'detail'), textOf(problem, 'error_description')];
  const said = words.filter(Boolean).join(': ') || textOf(problem, 'error');
  return said ? { answer: { ...exchange.answer, body: said } } : exchange;
}
