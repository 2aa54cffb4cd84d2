import type { BearerSession } from './bearer-session.ts';
import type { Outcome } from './call-outcome.ts';
import type { HttpAnswer, HttpClient, HttpExchange, HttpRequest } from './http-client.ts';
import type { Passage } from './sliding-limit.ts';

/** One request to its end: what became of it, and the answer, if a whole one came. */
export interface BearerCall {
  outcome: Outcome;
  answer: HttpAnswer | undefined;
}

/** Awaited right before a request leaves. */
export type Pass = () => Promise<Passage>;

/**
 * Sends requests with the session's token. A rejected token is replaced and the request repeated, once: it was not
 * applied, the server looked no further. Rejects only where `pass` does, and then nothing was sent.
 */
export function bearerCalls(options: {
  http: HttpClient;
  session: BearerSession;
  outcomeOf: (exchange: HttpExchange, secrets: () => readonly string[]) => Outcome;
}): (request: HttpRequest, pass?: Pass) => Promise<BearerCall> {
  const { http, session, outcomeOf } = options;
  const send = async (request: HttpRequest, token: string, pass: Pass | undefined): Promise<BearerCall> => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const passage = await pass?.();
    const exchange = await http.exchange({
      ...request,
      headers,
      ...(passage && { onWritten: passage.written }),
    });
    passage?.answered();
    const outcome = outcomeOf(exchange, () => [token, ...session.secrets()]);
    return { outcome, answer: 'answer' in exchange ? exchange.answer : undefined };
  };
  return async (request, pass) => {
    const first = await session.token();
    if ('missing' in first) return { outcome: first.missing, answer: undefined };
    const call = await send(request, first.token, pass);
    if (call.outcome.kind !== 'unauthorised' || !isAboutToken(call.outcome.status)) return call;
    const second = await session.replace(first.token);
    if ('missing' in second) return { outcome: second.missing, answer: undefined };
    return send(request, second.token, pass);
  };
}

/** 403 and a proxy's 407 are not mended by another token. */
function isAboutToken(status: number | undefined): boolean {
  return status !== 403 && status !== 407;
}
