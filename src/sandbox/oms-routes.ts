import type { Store } from '../config/store-map.ts';
import type { HttpServer, ServerRequest } from '../platform/http-server.ts';
import { messageOf } from '../platform/problem.ts';
import type { Levels } from './levels.ts';
import type { Accounts } from './oms-accounts.ts';
import type { OmsRecords } from './oms-records.ts';
import { type Row, search } from './oms-search.ts';

export interface OmsReads {
  accounts: Accounts;
  levels: Levels;
  records: OmsRecords;
  stores: readonly Store[];
}

/** Log-in, the bearer check on everything else of the OMS, and the reads. */
export function addOmsReads(server: HttpServer, { accounts, levels, records, stores }: OmsReads): void {
  server.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (path === '/api/login' || path.startsWith('/sandbox/')) return;
    if (!accounts.accepts(request.headers.authorization)) {
      await reply.code(401).send({ error: 'Unauthorized' });
    }
  });

  server.post('/api/login', async (request) => {
    const { USERNAME, PASSWORD } = inputOf(request);
    // As the OMS does: bad credentials are an HTTP 200 with an error inside.
    return accounts.logIn(USERNAME, PASSWORD) ?? { _ERROR_MESSAGE_: 'Username or password is incorrect' };
  });

  const entities: Record<string, () => readonly object[]> = {
    Facility: () =>
      stores.map((store) => ({
        facilityId: levels.facility(store.facilityId, store.externalFacilityId),
        externalId: store.externalFacilityId,
        facilityName: store.name,
        facilityTypeId: store.kind === 'warehouse' ? 'WAREHOUSE' : 'RETAIL_STORE',
      })),
    InventoryItemVariance: () => records.variances,
    DataManagerLog: () => records.imports,
  };
  server.route({
    method: ['GET', 'POST'],
    url: '/api/performFind',
    handler: async (request) => {
      const input = inputOf(request);
      const rows = entities[String(input.entityName)];
      if (!rows) return { _ERROR_MESSAGE_: `Entity ${input.entityName} is not known here` };
      try {
        return search(rows() as readonly Row[], {
          inputFields: jsonOf(input.inputFields),
          fieldList: listOf(input.fieldList),
          viewSize: Number(input.viewSize ?? 100),
          viewIndex: Number(input.viewIndex ?? 0),
          orderBy: String(input.orderBy ?? ''),
        });
      } catch (error) {
        return { _ERROR_MESSAGE_: messageOf(error) };
      }
    },
  });

  server.route({
    method: ['GET', 'POST'],
    url: '/rest/s1/ofbiz-oms-usl/checkShippingInventory',
    handler: async (request) => {
      const { productIds, internalNames, facilityIds } = inputOf(request);
      const values = [...listOf(productIds), ...listOf(internalNames)];
      const wanted = listOf(facilityIds);
      return { resultList: values.map((value) => shippingInventory(value, wanted, levels)) };
    },
  });
}

/** What is shown of a product that a rule hides: nothing, and the rule's name. */
const hidden = { atp: 0, computedAtp: 0, decisionReason: 'BROKERING_DISABLED' };

/** Quantity on hand is what is available here: the sandbox reserves nothing. */
function shippingInventory(idValue: string, facilityIds: readonly string[], levels: Levels) {
  const facilities = levels
    .holding({ idType: 'UPCA', idValue })
    .filter(({ facilityId }) => facilityIds.length === 0 || facilityIds.includes(facilityId))
    .map(({ facilityId, quantity }) => ({
      facilityId,
      atp: quantity,
      computedAtp: quantity,
      safetyStock: 0,
      ...(levels.hidden.has(idValue) && hidden),
    }));
  const total = facilities.reduce((sum, { atp }) => sum + atp, 0);
  return { productId: idValue, totalAtp: total, totalComputedAtp: total, totalSafetyStock: 0, facilities };
}

/** Parameters of a GET and of a POST alike. */
export function inputOf(request: ServerRequest): Record<string, unknown> {
  const body = request.body;
  return {
    ...(request.query as Record<string, unknown>),
    ...(typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}),
  };
}

function jsonOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'string') return (value ?? {}) as Record<string, unknown>;
  return JSON.parse(value) as Record<string, unknown>;
}

/** A list, or on a GET a repeated parameter or one with commas. */
function listOf(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : [value ?? ''];
  return parts.flatMap((part) => String(part).split(',')).filter(Boolean);
}
