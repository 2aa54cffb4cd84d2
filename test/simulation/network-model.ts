import { AsyncLocalStorage } from 'node:async_hooks';
import { type OmsClient, type OmsSettings, omsClientOver } from '../../src/hotwax/oms-client.ts';
import type { HttpClient, HttpExchange, HttpRequest } from '../../src/platform/http-client.ts';
import { integer } from '../support/seeded-random.ts';
import { answered, type Fault, failure, Journeys } from './journeys.ts';
import type { Life } from './life.ts';
import type { OmsModel } from './oms-model.ts';
import type { Import } from './reset-job-model.ts';
import { rows } from './rows.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A request to the OMS that tells a change of stock. */
export interface Told {
  facilityId: string;
  idValue: string;
  availableDelta: number;
}

export interface NetworkOptions {
  oms: OmsModel;
  clock: VirtualClock;
  random: () => number;
  tell: (event: string) => void;
  /** What the OMS's import log says. */
  imports: () => readonly Import[];
  /** The call under way about a movement, as the ledger numbers it, so that a history knows the truth about doubts. */
  callAbout: (movementId: number) => number | undefined;
  longestMs: number;
}

/** The OMS's HTTP interface behind a network that loses, delays and refuses; one for the whole history. */
export class NetworkModel {
  /** What goes wrong with the next calls that tell a change. */
  readonly faults: Fault[] = [];
  /** Calls that the OMS applied. */
  readonly applied = new Set<number>();
  /** The movement that is being told, wherever a request leaves on its account. */
  readonly telling = new AsyncLocalStorage<number>();
  readonly #options: NetworkOptions;
  readonly #journeys: Journeys;
  #logins = 0;
  #token = '';

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#journeys = new Journeys({ ...options, server: 'the OMS' });
  }

  /** Calls that were counted on their way. */
  get underWay(): number {
    return this.#journeys.underWay;
  }

  /** The OMS forgets who we are. */
  expireToken(): void {
    this.#token = '';
  }

  /** The client of one life of the service: what it waits for when it dies never comes. */
  clientFor(life: Life, oms: OmsSettings): OmsClient {
    const http: HttpClient = {
      exchange: (request) => this.#exchange(request, life),
      close: async () => {},
    };
    return omsClientOver(http, { oms, clock: this.#options.clock });
  }

  #exchange(request: HttpRequest, life: Life): Promise<HttpExchange> {
    const told = toldIn(request);
    const fault = told && this.faults.shift();
    const movementId = this.telling.getStore();
    const callId = movementId === undefined ? undefined : this.#options.callAbout(movementId);
    const serve = () => this.#serve(request, fault, told, callId);
    return this.#journeys.exchange({ life, fault, serve });
  }

  #serve(
    request: HttpRequest,
    fault: Fault | undefined,
    told: Told | undefined,
    callId: number | undefined,
  ): HttpExchange {
    const { tell, random, imports } = this.#options;
    if (request.path === '/api/login') {
      this.#logins += 1;
      this.#token = `token-${this.#logins}`;
      return answered(200, { token: this.#token });
    }
    if (request.headers.authorization !== `Bearer ${this.#token}`) return answered(401, {});
    if (!told) return answered(200, { docs: imports().map(asLog) });
    if (fault === 'throttle') return answered(429, {}, { 'retry-after': String(integer(random, 1, 5)) });
    if (fault === 'refuse') {
      tell('the OMS refuses a call');
      return answered(200, { _ERROR_MESSAGE_: 'Product is being indexed' });
    }
    this.#apply(told, callId);
    if (fault === 'answer-lost') {
      tell('its answer is lost');
      return failure('UND_ERR_SOCKET', true);
    }
    if (fault === 'gateway-timeout') {
      tell('a gateway answers for it: 504');
      return answered(504, {});
    }
    return answered(200, { inventoryItemDetailSeqId: '1' });
  }

  #apply({ facilityId, idValue, availableDelta }: Told, callId: number | undefined): void {
    const { oms, tell } = this.#options;
    const row = rows.find((one) => one.facilityId === facilityId && one.productCode === idValue);
    if (!row) throw new Error(`the OMS was told of an unknown row: ${facilityId} ${idValue}`);
    oms.add(row, availableDelta);
    if (callId !== undefined) this.applied.add(callId);
    const sign = availableDelta > 0 ? '+' : '';
    tell(`the OMS is told ${sign}${availableDelta} of ${row.name}: ${oms.level(row)}`);
  }
}

function toldIn({ path, body }: HttpRequest): Told | undefined {
  return path.endsWith('/updateInventoryByIdentification') ? (JSON.parse(body ?? '{}') as Told) : undefined;
}

const statusIds = {
  'under-way': 'SERVICE_RUNNING',
  finished: 'SERVICE_FINISHED',
  failed: 'SERVICE_FAILED',
} as const;

function asLog({ name, status, finishedAt }: Import): object {
  return { logId: name, contentName: name, statusId: statusIds[status], finishDateTime: finishedAt ?? null };
}
