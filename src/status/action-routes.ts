import type { Decision } from '../ledger/interventions.ts';
import type { Clock } from '../platform/clock.ts';
import { exitCode, exitCodeOf } from '../platform/exit-code.ts';
import type { HttpServer, ServerReply } from '../platform/http-server.ts';
import type { Logger } from '../platform/logger.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import type { SnapshotPlace } from '../snapshot/snapshot-decision.ts';
import { type PostingActionPlace, planPostings } from './posting-actions.ts';
import { planSnapshot } from './snapshot-actions.ts';

interface ActionBody {
  action: 'replay' | 'settle-applied' | 'settle-not-applied' | 'write-off' | 'release' | 'discard';
  ids: number[];
  who?: string;
  reason?: string;
  /** Say what would be done, and do nothing. */
  dryRun: boolean;
}

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, pattern: '\\S' });

/** Checked before anything of it is looked at. */
const body = {
  type: 'object',
  required: ['action', 'ids', 'dryRun'],
  additionalProperties: false,
  properties: {
    action: { enum: ['replay', 'settle-applied', 'settle-not-applied', 'write-off', 'release', 'discard'] },
    ids: {
      type: 'array',
      minItems: 1,
      maxItems: 500,
      uniqueItems: true,
      items: { type: 'integer', minimum: 1 },
    },
    who: text(80),
    reason: text(500),
    dryRun: { type: 'boolean' },
  },
  if: { properties: { dryRun: { const: false } } },
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  then: { required: ['who', 'reason'] },
};

export interface ActionPlace extends PostingActionPlace, SnapshotPlace {
  clock: Clock;
  log: Logger;
  /** Called when something was changed. */
  onChange(): Promise<void>;
}

/**
 * `POST /actions`: what a person decides, by the same rules as the command line. A dry run says what would be done
 * and to which postings; carrying it out must name exactly those, so that nobody confirms what has changed since.
 */
export function addActionRoutes(server: HttpServer, place: ActionPlace): void {
  server.post<{ Body: ActionBody }>('/actions', { schema: { body } }, async (request, reply) => {
    const { action, ids, who = '', reason = '', dryRun } = request.body;
    const by = { at: place.clock.now(), who: `${who.trim()} (page)`, reason: reason.trim() };
    try {
      const plan = await decide(place, request.body, dryRun ? undefined : by);
      if (!dryRun) {
        place.log.info({ action, ids, who: by.who, reason: by.reason }, `decided on the page: ${action}`);
        await place.onChange();
      }
      return { dryRun, action, ...plan };
    } catch (error) {
      return fail(reply, error, place.log);
    }
  });
}

/** Without a decision nothing is changed. */
async function decide(
  place: ActionPlace,
  { action, ids }: Pick<ActionBody, 'action' | 'ids'>,
  decision: Decision | undefined,
): Promise<{ ids: number[] }> {
  if (action === 'release' || action === 'discard') {
    const { plan, carryOut } = planSnapshot(place, { action, id: onlyOne(action, ids) });
    if (decision) await carryOut(decision);
    return plan;
  }
  const planned = () => {
    const { plan, carryOut } = planPostings(place, { action, ids });
    if (!decision) return plan;
    requireSame(ids, plan.ids);
    carryOut(decision);
    return plan;
  };
  // What was confirmed must still be so when it is done: somebody else may be deciding the same.
  return decision ? place.database.transaction(planned).immediate() : planned();
}

function onlyOne(action: string, ids: readonly number[]): number {
  const [id, ...others] = ids;
  if (id !== undefined && others.length === 0) return id;
  throw new Problem('usage', `${action} takes one snapshot, not ${ids.length}.`, 'Decide on one at a time.');
}

function requireSame(asked: readonly number[], possible: readonly number[]): void {
  const wanted = new Set(asked);
  if (possible.length === wanted.size && possible.every((id) => wanted.has(id))) return;
  throw new Problem(
    'decision-outdated',
    `Of the ${asked.length} chosen, ${possible.length} are still to be decided on; nothing was changed.`,
    'Look at the list as it is now and decide again.',
  );
}

function fail(reply: ServerReply, error: unknown, log: Logger): ServerReply {
  const known = error instanceof Problem;
  if (!known) log.error({ err: error }, `an action of the page failed: ${messageOf(error)}`);
  const status = { [exitCode.usage]: 400, [exitCode.refused]: 409 }[exitCodeOf(error) as 2 | 3] ?? 500;
  const code = known ? error.code : 'failed';
  const advice = known ? error.advice : 'See the log of the service.';
  return reply.code(status).send({ error: { code, message: messageOf(error), advice } });
}
