import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import type { Faults } from '../../src/sandbox/faults.ts';
import { type OmsSandbox, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { smallRetailer } from '../support/small-retailer.ts';

const product = { idType: 'UPCA', idValue: '4901234567894' };
let oms: OmsSandbox;

beforeEach(async () => {
  oms = await startOmsSandbox({
    stores: smallRetailer,
    incoming: undefined,
    clock: systemClock,
    products: [product],
  });
});
afterEach(() => oms.close());

const call = (method: string, path: string, body?: unknown, token = oms.token) =>
  fetch(`${oms.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const post = (path: string, body?: unknown, token?: string) => call('POST', path, body, token);
const sale = {
  facilityId: 'CAP_HARAJUKU',
  availableDelta: -1,
  ...product,
  locationSeqId: 'TLTLTLLL01',
  varianceReasonId: 'POS_SALE',
};
const adjust = (changes: object = {}) =>
  post('/api/service/updateInventoryByIdentification', { ...sale, ...changes });
const level = () => oms.levels.get('CAP_HARAJUKU', product);

describe('the sandbox OMS', () => {
  test('adds a delta, echoes it, and remembers it as a variance', async () => {
    const response = await adjust();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ...sale, webSiteId: 'API' });
    expect(level()).toBe(-1);
    expect(oms.records.variances).toMatchObject([{ quantityOnHandVar: -1, varianceReasonId: 'POS_SALE' }]);
  });

  test.each([
    ['facility', { facilityId: 'CAP_NOWHERE' }],
    ['product', { idValue: '1' }],
    ['reason', { varianceReasonId: 'CYCLE_COUNT' }],
    ['location', { locationSeqId: undefined }],
    ['quantity', { availableDelta: 'one' }],
  ])('refuses an unknown %s with HTTP 200 and an error inside', async (_what, changes) => {
    const response = await adjust(changes);
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty('_ERROR_MESSAGE_');
    expect(level()).toBe(0);
    expect(oms.calls).toMatchObject([{ result: 'refused', answer: 'error' }]);
  });

  test('lets nobody in without a token, and gives one for the right password', async () => {
    expect((await post('/api/performFind', { entityName: 'Facility' }, 'wrong')).status).toBe(401);
    const refused = await post('/api/login', { USERNAME: 'sandbox', PASSWORD: 'wrong' });
    expect(refused.status).toBe(200);
    expect(await refused.json()).toHaveProperty('_ERROR_MESSAGE_');
    const login = await post('/api/login', { USERNAME: 'sandbox', PASSWORD: 'sandbox' });
    const { token } = (await login.json()) as { token: string };
    expect((await post('/api/performFind', { entityName: 'Facility' }, token)).status).toBe(200);
  });

  test('shows levels, of all facilities or of one', async () => {
    await adjust();
    const all = await (await call('GET', '/sandbox/levels')).json();
    expect(all).toMatchObject({ facilities: { CAP_HARAJUKU: { UPCA: { '4901234567894': -1 } } } });
    const one = await (await call('GET', '/sandbox/levels?facilityId=CAP_SHIBUYA')).json();
    expect(one).toEqual({ facilities: { CAP_SHIBUYA: {} } });
  });

  test('answers the shipping inventory per facility', async () => {
    await adjust();
    const path = '/rest/s1/ofbiz-oms-usl/checkShippingInventory';
    const { resultList } = (await (await call('GET', `${path}?internalNames=4901234567894`)).json()) as {
      resultList: unknown[];
    };
    expect(resultList).toMatchObject([
      { totalAtp: -1, facilities: [{ facilityId: 'CAP_HARAJUKU', atp: -1 }] },
    ]);
  });

  test('finds rows by equality, list, range and order', async () => {
    for (const availableDelta of [-1, -2, -3]) await adjust({ availableDelta });
    const find = async (inputFields: object, more: object = {}) =>
      (
        (await (
          await post('/api/performFind', {
            entityName: 'InventoryItemVariance',
            inputFields,
            fieldList: ['quantityOnHandVar'],
            orderBy: 'quantityOnHandVar',
            ...more,
          })
        ).json()) as { docs: { quantityOnHandVar: number }[] }
      ).docs.map(({ quantityOnHandVar }) => quantityOnHandVar);
    expect(await find({ quantityOnHandVar: -2 })).toEqual([-2]);
    expect(await find({ quantityOnHandVar: ['-1', '-3'], quantityOnHandVar_op: 'in' })).toEqual([-3, -1]);
    expect(
      await find({ quantityOnHandVar_fld0_op: 'greaterThan', quantityOnHandVar_fld0_value: -3 }),
    ).toEqual([-2, -1]);
    expect(await find({}, { viewSize: 1, viewIndex: 1, orderBy: '-quantityOnHandVar' })).toEqual([-2]);
  });
});

describe('a fault', () => {
  const plan = (faults: Faults) => post('/sandbox/faults', faults);

  test('drops a call before it is applied, or after', async () => {
    await plan({ dropBefore: 1 });
    await expect(adjust()).rejects.toThrow();
    expect(level()).toBe(0);
    await plan({ dropAfter: 1 });
    await expect(adjust()).rejects.toThrow();
    expect(level()).toBe(-1);
    expect((await adjust()).status).toBe(200);
    const counts = await (await call('GET', '/sandbox/calls')).json();
    expect(counts).toMatchObject({ applied: 2, refused: 0, 'not-applied': 1 });
    expect(oms.calls.map(({ answer }) => answer)).toEqual(['dropped', 'dropped', 'echo']);
  });

  test('answers with a status, with or without applying', async () => {
    await plan({ status: { code: 429, times: 2, retryAfter: 5 } });
    const throttled = await adjust();
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '5']);
    expect((await adjust()).status).toBe(429);
    expect(level()).toBe(0);
    await plan({ status: { code: 502, times: 1, applied: true } });
    expect((await adjust()).status).toBe(502);
    expect(level()).toBe(-1);
  });

  test('answers with an error body, a log-in page, or broken JSON', async () => {
    await plan({ errorBody: { body: { errorMessage: 'no' }, times: 1 }, htmlLogin: 1, brokenJson: 1 });
    expect(await (await adjust()).json()).toEqual({ errorMessage: 'no' });
    expect(await (await adjust()).text()).toContain('type="password"');
    expect(level()).toBe(0);
    const broken = await (await adjust()).text();
    expect(() => JSON.parse(broken)).toThrow();
    expect(level()).toBe(-1);
  });

  test('is over when it is cleared', async () => {
    await plan({ status: { code: 500, times: 100 } });
    await call('DELETE', '/sandbox/faults');
    expect((await adjust()).status).toBe(200);
  });
});
