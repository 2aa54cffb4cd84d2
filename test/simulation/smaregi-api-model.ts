import type { HttpClient, HttpExchange, HttpRequest } from '../../src/platform/http-client.ts';
import { withinWindow } from '../../src/sandbox/smaregi-lists.ts';
import type { StockBook } from '../../src/sandbox/smaregi-stock-book.ts';
import { type SmaregiClient, smaregiClientOver } from '../../src/smaregi/smaregi-client.ts';
import { integer } from '../support/seeded-random.ts';
import { answered, type Fault, failure, type JourneyOptions, Journeys } from './journeys.ts';
import type { Life } from './life.ts';
import { products } from './rows.ts';
import { smaregiSettings } from './service-settings.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Smaregi's Platform API over a stock book, behind the same kind of network as the OMS. */
export class SmaregiApiModel {
  /** What goes wrong with the next additions. */
  readonly writeFaults: Fault[] = [];
  /** What goes wrong with the next reads. */
  readonly readFaults: Fault[] = [];
  readonly #book: StockBook;
  readonly #options: Omit<JourneyOptions, 'server'>;
  readonly #journeys: Journeys;
  #tokens = 0;
  #token = '';

  constructor(book: StockBook, options: Omit<JourneyOptions, 'server'>) {
    this.#book = book;
    this.#options = options;
    this.#journeys = new Journeys({ ...options, server: 'Smaregi' });
  }

  /** Requests whose answer is still to come. */
  get underWay(): number {
    return this.#journeys.underWay;
  }

  /** Whether an addition may still arrive that nobody waits for. */
  get hasLate(): boolean {
    return this.#journeys.late > 0;
  }

  /** Smaregi forgets the token. */
  expireToken(): void {
    this.#token = '';
  }

  /** The client of one life of the service. */
  clientFor(life: Life): SmaregiClient {
    const { clock, random } = this.#options;
    const http: HttpClient = {
      exchange: (request) => this.#exchange(request, life),
      close: async () => {},
    };
    return smaregiClientOver({ http, idHttp: http }, { settings: smaregiSettings, clock, random });
  }

  #exchange(request: HttpRequest, life: Life): Promise<HttpExchange> {
    const isToken = request.path.endsWith('/token');
    const faults = request.method === 'POST' ? this.writeFaults : this.readFaults;
    const fault = isToken ? undefined : faults.shift();
    return this.#journeys.exchange({ life, fault, serve: () => this.#serve(request, fault) });
  }

  #serve(request: HttpRequest, fault: Fault | undefined): HttpExchange {
    const { random, tell } = this.#options;
    if (request.path.endsWith('/token')) {
      this.#tokens += 1;
      this.#token = `token-${this.#tokens}`;
      return answered(200, { access_token: this.#token, token_type: 'Bearer', expires_in: 3600 });
    }
    if (request.headers.authorization !== `Bearer ${this.#token}`) return answered(401, {});
    if (fault === 'throttle') return answered(429, {}, { 'retry-after': String(integer(random, 1, 5)) });
    if (fault === 'refuse') return answered(400, { title: 'Bad Request', detail: 'not now' });
    const answer = request.method === 'POST' ? this.#add(request) : this.#read(request.path);
    if (fault === 'answer-lost') {
      tell("Smaregi's answer is lost");
      return failure('UND_ERR_SOCKET', true);
    }
    return fault === 'gateway-timeout' ? answered(504, {}) : answer;
  }

  #add({ path, body }: HttpRequest): HttpExchange {
    const [, productId = ''] = /^\/stock\/(\d+)\/add$/.exec(path) ?? [];
    const asked = JSON.parse(body ?? '') as {
      storeId: string;
      stockAmount: string;
      stockHistory: { memo: string };
    };
    const { storeId, stockHistory } = asked;
    const amount = Number(asked.stockAmount);
    const change = this.#book.change({ storeId, productId, division: '15', amount, ...stockHistory });
    return answered(200, { productId, storeId, stockHistory: { id: change.id, memo: change.memo } });
  }

  #read(path: string): HttpExchange {
    const url = new URL(path, 'https://smaregi.example');
    const query = Object.fromEntries(url.searchParams);
    const [, id] = /^\/products\/(\d+)$/.exec(url.pathname) ?? [];
    if (id !== undefined) return answered(200, products.find(({ productId }) => productId === id) ?? {});
    const rows = this.#list(url.pathname, query);
    const end = Number(query.page) * Number(query.limit);
    return answered(200, rows.slice(end - Number(query.limit), end));
  }

  #list(path: string, query: Readonly<Record<string, string>>): Rows {
    const [, list, , productId = '', storeId = ''] = path.split('/');
    if (path === '/stock') {
      const { store_id, product_id } = query;
      const found = withinWindow(this.#book.rows(), query);
      if ('fault' in found) throw new Error(found.fault);
      return found.rows.filter(
        (row) =>
          [undefined, row.storeId].includes(store_id) && [undefined, row.productId].includes(product_id),
      );
    }
    if (list === 'stock') return [...(this.#book.history(storeId, productId) ?? [])].reverse();
    return products.filter(({ productCode }) => [undefined, productCode].includes(query.product_code));
  }
}
