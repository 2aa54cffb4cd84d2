import type { Clock } from '../platform/clock.ts';
import { createHttpServer, type HttpServer, listen } from '../platform/http-server.ts';
import { RequestMeter } from './request-meter.ts';
import { addAddRoute } from './smaregi-add-route.ts';
import { SmaregiFaultPlan, type SmaregiFaults } from './smaregi-faults.ts';
import { type ListRow, sendProblem } from './smaregi-lists.ts';
import { addSmaregiReads } from './smaregi-routes.ts';
import { type ChangeRow, StockBook } from './smaregi-stock-book.ts';
import { Till } from './smaregi-till.ts';
import { type Application, Tokens } from './smaregi-tokens.ts';
import { Webhooks } from './smaregi-webhooks.ts';

export interface SmaregiSandboxOptions {
  storeIds: Iterable<string>;
  /** `managed: false`: Smaregi does not count its stock. */
  products: Iterable<{ productId: string; productCode: string; managed?: boolean }>;
  clock: Clock;
  /** 0, the default, takes any free port. */
  port?: number;
  application?: Application;
  tokenLifeSeconds?: number;
  /** Requests a second before Smaregi says 429; without it, as many as come. */
  limits?: { reads: number; writes: number };
  /** Whether lists link their next page; they do unless told otherwise. */
  links?: boolean;
}

export interface SmaregiSandbox {
  /** `baseUrl` and `idUrl` alike. */
  url: string;
  application: Application;
  book: StockBook;
  till: Till;
  tokens: Tokens;
  faults: SmaregiFaultPlan;
  webhooks: Webhooks;
  reads: RequestMeter;
  writes: RequestMeter;
  /** The changes of stock that came in by the API and were applied, in order. */
  additions: readonly ChangeRow[];
  /** Adds a product, or changes what is said of it. */
  setProduct(product: { productId: string; productCode: string; managed?: boolean }): void;
  close(): Promise<void>;
}

export const sandboxApplication: Application = {
  contractId: 'sb_sandbox',
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
};

const defaultTokenLifeSeconds = 3_600;

/** Starts a Smaregi to try against, on loopback: tokens, lists, additions, a till, and webhooks out. */
export async function startSmaregiSandbox(options: SmaregiSandboxOptions): Promise<SmaregiSandbox> {
  const { clock, application = sandboxApplication } = options;
  const prefix = `/${application.contractId}/pos`;
  const products = new Map<string, ListRow>();
  const setProduct: SmaregiSandbox['setProduct'] = (product) => {
    products.set(product.productId, productRow(product));
    webhooks.send('pos:products', 'edited', { productIds: [product.productId] });
  };
  const book = new StockBook(clock);
  const till = new Till(book, clock, (id) => String(products.get(id)?.productCode ?? ''));
  const tokens = new Tokens(application, clock, options.tokenLifeSeconds ?? defaultTokenLifeSeconds);
  const faults = new SmaregiFaultPlan();
  const webhooks = new Webhooks(application.contractId, clock);
  const reads = new RequestMeter(options.limits?.reads ?? null, clock);
  const writes = new RequestMeter(options.limits?.writes ?? null, clock);
  const additions: ChangeRow[] = [];
  for (const product of options.products) setProduct(product);
  book.onChange = ({ id, productId, storeId }) =>
    webhooks.send('pos:stock', 'edited', { ids: [{ id, productId, storeId }] });
  till.onTransaction = (id, action) =>
    webhooks.send('pos:transactions', action, { transactionHeadIds: [id] });

  const server = createHttpServer();
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  addDoors(server, { prefix, tokens, reads, writes, application });
  addSmaregiReads(server, { prefix, book, till, products, faults, links: options.links ?? true });
  const storeIds = new Set(options.storeIds);
  addAddRoute(server, { prefix, book, products, storeIds, faults, clock, additions });
  server.get('/sandbox/stock', async () => book.rows());
  server.get('/sandbox/additions', async () => additions);
  server.post('/sandbox/faults', async (request) => {
    const given = request.body as SmaregiFaults;
    faults.set(given);
    if (given.webhooks) webhooks.set(given.webhooks);
    return given;
  });
  const { url } = await listen(server, { host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url,
    application,
    book,
    till,
    tokens,
    faults,
    webhooks,
    reads,
    writes,
    additions,
    setProduct,
    async close() {
      await webhooks.close();
      await server.close();
    },
  };
}

/** Tokens, and the checks before anything else is served. */
function addDoors(
  server: HttpServer,
  options: {
    prefix: string;
    tokens: Tokens;
    reads: RequestMeter;
    writes: RequestMeter;
    application: Application;
  },
): void {
  const { prefix, tokens, reads, writes, application } = options;
  server.post(`/app/${application.contractId}/token`, async (request, reply) => {
    const given = tokens.give(request.headers.authorization, request.body as Record<string, string>);
    return 'error' in given ? reply.code(given.error === 'invalid_client' ? 401 : 400).send(given) : given;
  });
  server.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith(prefix)) return;
    const meter = request.method === 'GET' ? reads : writes;
    if (!meter.admits()) {
      reply.header('retry-after', '1');
      return sendProblem(reply, 429, 'Too Many Requests', 'slow down');
    }
    if (!tokens.accepts(request.headers.authorization)) {
      return sendProblem(reply, 401, 'Unauthorized', 'no valid token');
    }
  });
}

function productRow(product: { productId: string; productCode: string; managed?: boolean }): ListRow {
  return {
    productId: product.productId,
    productCode: product.productCode,
    productName: `Cap ${product.productId}`,
    stockControlDivision: product.managed === false ? '1' : '0',
    updDateTime: null,
  };
}
