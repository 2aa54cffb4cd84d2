import type { Store } from '../config/store-map.ts';
import type { Clock } from '../platform/clock.ts';
import { createHttpServer, type HttpServer, listen } from '../platform/http-server.ts';
import { FaultPlan, type Faults } from './faults.ts';
import { Levels, type ProductId } from './levels.ts';
import { type Account, Accounts } from './oms-accounts.ts';
import { seededReasons } from './oms-delta.ts';
import { addDeltaRoute, type DeltaCall } from './oms-delta-route.ts';
import { OmsRecords } from './oms-records.ts';
import { type ResetJobReport, runResetJob } from './oms-reset-job.ts';
import { addOmsReads, inputOf } from './oms-routes.ts';
import { OnlineOrders } from './online-orders.ts';

export interface OmsSandboxOptions {
  stores: readonly Store[];
  /** Folder of Reset CSVs for the reset job; without it the job finds nothing. */
  incoming: string | undefined;
  /** Folder for files of packed orders. */
  outgoing?: string;
  clock: Clock;
  /** 0, the default, takes any free port. */
  port?: number;
  token?: string;
  login?: Account;
  tokenLifeMs?: number;
  /** What the OMS knows from the start; without it, whatever a reset names. */
  products?: Iterable<ProductId>;
  /** Variance reasons besides those that every OMS has. */
  reasons?: readonly string[];
}

export interface OmsSandbox {
  url: string;
  token: string;
  login: Account;
  levels: Levels;
  records: OmsRecords;
  accounts: Accounts;
  faults: FaultPlan;
  /** Every delta call so far, in order of arrival. */
  calls: DeltaCall[];
  orders: OnlineOrders;
  runResetJob(): Promise<ResetJobReport>;
  close(): Promise<void>;
}

const tokenLifeMs = 60 * 60_000;

/** Starts an OMS to try against, on loopback. */
export async function startOmsSandbox(options: OmsSandboxOptions): Promise<OmsSandbox> {
  const { stores, incoming, clock } = options;
  const token = options.token ?? 'sandbox-token';
  const account = options.login ?? { username: 'sandbox', password: 'sandbox' };
  const levels = new Levels(stores, options.products);
  const records = new OmsRecords();
  const accounts = new Accounts({ token, account, clock, lifeMs: options.tokenLifeMs ?? tokenLifeMs });
  const faults = new FaultPlan();
  const calls: DeltaCall[] = [];
  const orders = new OnlineOrders({ levels, stores, outgoing: options.outgoing, clock });
  const reasons = new Set([...seededReasons, ...(options.reasons ?? [])]);

  // One run at a time, as a scheduled job: two would import the same file twice.
  let lastRun: Promise<unknown> = Promise.resolve();
  const runJob = (): Promise<ResetJobReport> => {
    const run = lastRun.then(() =>
      incoming === undefined ? { files: [] } : runResetJob({ incoming, levels, records, clock }),
    );
    lastRun = run.catch(() => undefined);
    return run;
  };

  const server = createHttpServer();
  addOmsReads(server, { accounts, levels, records, stores });
  addDeltaRoute(server, { clock, levels, records, reasons, faults, calls });
  server.post('/sandbox/reset-job', () => runJob());
  addOrderRoutes(server, orders);
  server.get('/sandbox/levels', async (request) => {
    const { facilityId } = inputOf(request);
    return levels.document(typeof facilityId === 'string' ? facilityId : undefined);
  });
  server.post('/sandbox/hidden', async (request) => {
    const { idValues } = inputOf(request);
    levels.hidden.clear();
    for (const idValue of Array.isArray(idValues) ? idValues : []) levels.hidden.add(String(idValue));
    return { hidden: [...levels.hidden] };
  });
  server.get('/sandbox/calls', async () => ({ ...countsOf(calls), calls }));
  server.get('/sandbox/faults', async () => faults.planned);
  server.post('/sandbox/faults', async (request) => {
    faults.set(inputOf(request) as Faults);
    return faults.planned;
  });
  server.delete('/sandbox/faults', async () => {
    faults.clear();
    return faults.planned;
  });

  const { url } = await listen(server, { host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url,
    token,
    login: account,
    levels,
    records,
    accounts,
    faults,
    calls,
    orders,
    runResetJob: runJob,
    close: () => server.close(),
  };
}

/** For people: an order of one line, and a round of packing with its file. */
function addOrderRoutes(server: HttpServer, orders: OnlineOrders): void {
  server.post('/sandbox/orders', async (request, reply) => {
    const { facilityId, idType = 'UPCA', idValue, quantity = 1 } = inputOf(request);
    if (typeof facilityId !== 'string' || typeof idValue !== 'string' || !(Number(quantity) > 0)) {
      return reply.code(400).send({ error: 'give facilityId, idValue and quantity' });
    }
    const line = { facilityId, idType: String(idType), idValue, quantity: Number(quantity) };
    return { orderId: orders.place([line]) };
  });
  server.post('/sandbox/pack', async () => {
    orders.pack();
    return { file: (await orders.writeFeed()) ?? null, packings: orders.packings };
  });
}

function countsOf(calls: readonly DeltaCall[]): Record<DeltaCall['result'], number> {
  const counts = { applied: 0, refused: 0, 'not-applied': 0 };
  for (const { result } of calls) counts[result] += 1;
  return counts;
}
