import type { Configuration } from '../config/configuration.ts';
import { bearerCalls } from '../platform/bearer-calls.ts';
import type { BearerSession } from '../platform/bearer-session.ts';
import type { Outcome } from '../platform/call-outcome.ts';
import type { Clock } from '../platform/clock.ts';
import { type HttpClient, openHttpClient } from '../platform/http-client.ts';
import { toIso } from '../platform/time-zone.ts';
import { type WatchedExchange, watchedHttp } from '../platform/watched-http.ts';
import { type Delta, deltaBody } from './delta.ts';
import { type Find, type Found, findPath, foundIn, meansNothingFound, readProblem } from './oms-find.ts';
import { loginSession, tokenSession } from './oms-session.ts';
import { outcomeOf } from './outcome.ts';
import {
  inventoryIn,
  type ProductInventory,
  shippingInventoryBody,
  shippingInventoryPath,
} from './shipping-inventory.ts';
import { tokenExpiresAt } from './token-expiry.ts';

export type OmsSettings = NonNullable<Configuration['oms']>;

export interface OmsClient {
  /** Tells the OMS one change of stock, once. Never rejects: whatever happens is an outcome. `onWritten`: it is on its way. */
  adjust(delta: Delta, onWritten?: () => void): Promise<Outcome>;
  /** @throws Problem `oms-unauthorised`, `oms-read-refused`, `oms-unreachable` */
  performFind(find: Find): Promise<Found>;
  /**
   * What the OMS holds of these products, in every facility, in one request.
   *
   * @throws Problem `oms-levels-unreadable`, `oms-unauthorised`, `oms-read-refused`, `oms-unreachable`
   */
  shippingInventory(idValues: readonly string[], productStoreId: string | null): Promise<ProductInventory[]>;
  /**
   * Shows the token to the OMS with a harmless read and says in one line how it went.
   *
   * @throws Problem `oms-unauthorised`, `oms-unreachable`
   */
  checkToken(): Promise<string>;
  /** When the token in use ends, epoch milliseconds; undefined when nobody says. Logs in if that is needed. */
  tokenEndsAt(): Promise<number | undefined>;
  /** Resolves when the calls under way have ended. */
  close(): Promise<void>;
}

/** Answers to deltas are a few hundred bytes; reads are paged. */
const maxBodyBytes = 8 * 1024 * 1024;

/** The OMS over HTTP. At most `oms.concurrency` requests at a time; more wait their turn inside. */
export function createOmsClient(options: {
  oms: OmsSettings;
  clock: Clock;
  /** Hears of every exchange when it has ended. */
  onExchange?: (watched: WatchedExchange) => void;
}): OmsClient {
  const { oms, clock, onExchange } = options;
  const client = openHttpClient({
    baseUrl: oms.baseUrl,
    connections: oms.concurrency,
    timeoutMs: oms.timeoutSeconds * 1000,
    maxBodyBytes,
    clock,
  });
  const http = onExchange ? watchedHttp(client, clock, onExchange) : client;
  return omsClientOver(http, { oms, clock });
}

/** The same over any way to exchange requests for answers. */
export function omsClientOver(
  http: HttpClient,
  { oms, clock }: { oms: OmsSettings; clock: Clock },
): OmsClient {
  const session = sessionOf(oms, http, clock);

  const call = bearerCalls({
    http,
    session,
    outcomeOf: (exchange, secrets) => outcomeOf(exchange, clock.now(), secrets),
  });

  const find = async (query: Find): Promise<{ outcome: Outcome; found: Found | undefined }> => {
    const { outcome, answer } = await call({
      method: 'GET',
      path: findPath(query),
      headers: { accept: 'application/json' },
    });
    if (meansNothingFound(outcome)) return { outcome: { kind: 'accepted' }, found: { count: 0, docs: [] } };
    return { outcome, found: outcome.kind === 'accepted' ? foundIn(answer?.body ?? '') : undefined };
  };

  const tokenEndsAt = async () => {
    const result = await session.token();
    return session.expiresAt() ?? ('token' in result ? tokenExpiresAt(result.token) : undefined);
  };

  return {
    async adjust(delta, onWritten) {
      const { outcome } = await call({
        method: 'POST',
        path: '/api/service/updateInventoryByIdentification',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(deltaBody(delta, oms.facility)),
        ...(onWritten && { onWritten }),
      });
      return outcome;
    },
    async performFind(query) {
      const { outcome, found } = await find(query);
      if (!found) throw readProblem(outcome, oms.baseUrl);
      return found;
    },
    async shippingInventory(idValues, productStoreId) {
      const { outcome, answer } = await call({
        method: 'POST',
        path: shippingInventoryPath,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(shippingInventoryBody(idValues, productStoreId)),
      });
      if (outcome.kind !== 'accepted' || !answer) throw readProblem(outcome, oms.baseUrl);
      return inventoryIn(answer.body, idValues);
    },
    async checkToken() {
      const { outcome, found } = await find(anyFacility);
      // Refused with an error text means: logged in, and not permitted to read this entity.
      if (!found && outcome.kind !== 'refused') throw readProblem(outcome, oms.baseUrl);
      const endsAt = await tokenEndsAt();
      const until = endsAt === undefined ? 'without a known end' : `until ${toIso(endsAt)}`;
      const reading = found
        ? 'reading is permitted'
        : `reading is not: ${'note' in outcome ? outcome.note : ''}`;
      return `${oms.baseUrl} accepts the token (${until}); ${reading}`;
    },
    tokenEndsAt,
    close: () => http.close(),
  };
}

const anyFacility: Find = { entityName: 'Facility', inputFields: {}, fieldList: ['facilityId'], viewSize: 1 };

function sessionOf({ token, login }: OmsSettings, http: HttpClient, clock: Clock): BearerSession {
  if (login) return loginSession({ http, clock, ...login });
  if (token) return tokenSession(token);
  throw new Error('oms has neither token nor login');
}
