import type { Clock } from '../platform/clock.ts';
import type { HttpServer, ServerReply } from '../platform/http-server.ts';
import { appliesIn, type Fault, type FaultPlan, pause } from './faults.ts';
import type { Levels } from './levels.ts';
import { applyDelta, type DeltaResult } from './oms-delta.ts';
import type { OmsRecords } from './oms-records.ts';
import { inputOf } from './oms-routes.ts';

/** One delta call as it ended on the OMS's side, whatever the caller saw of it. */
export interface DeltaCall {
  at: number;
  input: Record<string, unknown>;
  result: 'applied' | 'refused' | 'not-applied';
  /** `echo`, `error`, `dropped`, or the status of an injected fault. */
  answer: string;
}

export interface DeltaRouteOptions {
  clock: Clock;
  levels: Levels;
  records: OmsRecords;
  reasons: ReadonlySet<string>;
  faults: FaultPlan;
  calls: DeltaCall[];
}

/** `POST /api/service/updateInventoryByIdentification`, with the faults that are planned for it. */
export function addDeltaRoute(server: HttpServer, options: DeltaRouteOptions): void {
  const { clock, faults, calls } = options;
  server.post('/api/service/updateInventoryByIdentification', async (request, reply) => {
    const input = inputOf(request);
    const fault = faults.next();
    await pause(clock, faults.delayMs);
    const result = appliesIn(fault) ? applyDelta(input, options, clock.now()) : undefined;
    calls.push({ at: clock.now(), input, result: resultOf(result), answer: answerOf(fault, result) });
    await pause(clock, faults.answerDelayMs);
    return sendAnswer(reply, fault, input, result);
  });
}

function resultOf(result: DeltaResult | undefined): DeltaCall['result'] {
  if (!result) return 'not-applied';
  return result.applied ? 'applied' : 'refused';
}

function answerOf(fault: Fault, result: DeltaResult | undefined): string {
  if (fault.kind === 'drop-before' || fault.kind === 'drop-after') return 'dropped';
  if (fault.kind === 'status') return String(fault.code);
  if (fault.kind === 'error-body' || fault.kind === 'html-login') return fault.kind;
  return result?.applied ? 'echo' : 'error';
}

function sendAnswer(
  reply: ServerReply,
  fault: Fault,
  input: Record<string, unknown>,
  result: DeltaResult | undefined,
): ServerReply {
  switch (fault.kind) {
    case 'drop-before':
    case 'drop-after':
      reply.hijack();
      reply.raw.destroy();
      return reply;
    case 'status':
      if (fault.retryAfter !== undefined) reply.header('retry-after', fault.retryAfter);
      return reply.code(fault.code).send({ error: `HTTP ${fault.code}` });
    case 'error-body':
      return reply.send(fault.body);
    case 'html-login':
      return reply.type('text/html').send(loginPage);
    default:
      if (result && !result.applied) return reply.send({ ...input, _ERROR_MESSAGE_: result.message });
      return fault.kind === 'broken-json'
        ? reply.type('application/json').send(`{\n{ ${JSON.stringify(input).slice(1)},\n"webSiteId":"API"\n}`)
        : reply.send({ ...input, webSiteId: 'API' });
  }
}

const loginPage = `<!DOCTYPE html><html><body><form method="post" action="/commerce/control/login">
<input name="USERNAME"><input name="PASSWORD" type="password"></form></body></html>`;
