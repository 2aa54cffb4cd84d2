import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { Delta } from '../../src/hotwax/delta.ts';
import { createOmsClient, type OmsClient, type OmsSettings } from '../../src/hotwax/oms-client.ts';
import { tokenExpiresAt } from '../../src/hotwax/token-expiry.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { type OmsSandbox, type OmsSandboxOptions, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { answer, startMisbehavingServer } from '../support/misbehaving-server.ts';
import { smallRetailer } from '../support/small-retailer.ts';

const product = { idType: 'UPCA', idValue: '4901234567894' };
const delta: Delta = {
  facilityId: 'CAP_HARAJUKU',
  externalFacilityId: '1',
  locationSeqId: 'TLTLTLLL01',
  ...product,
  quantity: -2,
  varianceReasonId: 'POS_SALE',
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function sandbox(options: Partial<OmsSandboxOptions> = {}): Promise<OmsSandbox> {
  const oms = await startOmsSandbox({
    stores: smallRetailer,
    incoming: undefined,
    clock: systemClock,
    products: [product],
    ...options,
  });
  open.push(() => oms.close());
  return oms;
}

function client(baseUrl: string, changes: Partial<OmsSettings>, clock: Clock = systemClock): OmsClient {
  const oms = createOmsClient({
    oms: {
      baseUrl,
      facility: 'facilityId',
      requestsPerSecond: null,
      concurrency: 4,
      timeoutSeconds: 5,
      reasons: {},
      coalesceAbove: 1000,
      readBack: 'off',
      ...changes,
    },
    clock,
  });
  open.push(() => oms.close());
  return oms;
}

const secret = (value: string) => new Secret({ env: 'VALUE' }, { VALUE: value });
const withLogin = (password = 'sandbox') => ({ login: { username: 'sandbox', password: secret(password) } });

/** The real time, moved on by hand. */
function movableClock(): Clock & { aheadMs: number } {
  const clock = {
    aheadMs: 0,
    now: () => systemClock.now() + clock.aheadMs,
    sleep: systemClock.sleep,
  };
  return clock;
}

describe('a delta', () => {
  test('changes the level of its product in its facility', async () => {
    const oms = await sandbox();
    oms.levels.set('CAP_HARAJUKU', product, 10);
    expect(await client(oms.url, { token: secret(oms.token) }).adjust(delta)).toEqual({ kind: 'accepted' });
    expect(oms.levels.get('CAP_HARAJUKU', product)).toBe(8);
  });

  test('names the facility by the id that the configuration says, and only by that', async () => {
    const oms = await sandbox();
    const byInternal = client(oms.url, { token: secret(oms.token) });
    const byExternal = client(oms.url, { token: secret(oms.token), facility: 'externalFacilityId' });
    await byInternal.adjust(delta);
    await byExternal.adjust(delta);
    expect(oms.calls.map(({ input }) => [input.facilityId, input.externalFacilityId])).toEqual([
      ['CAP_HARAJUKU', undefined],
      [undefined, '1'],
    ]);
    expect(oms.levels.get('CAP_HARAJUKU', product)).toBe(-4);
  });

  test('more of them than connections wait their turn', async () => {
    const oms = await sandbox();
    oms.faults.set({ delayMs: 20 });
    const sender = client(oms.url, { token: secret(oms.token) });
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => sender.adjust(delta)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(oms.levels.get('CAP_HARAJUKU', product)).toBe(-60);
  });
});

describe('a fixed token', () => {
  test('that is rejected is not tried twice', async () => {
    const oms = await sandbox();
    expect(await client(oms.url, { token: secret('wrong') }).adjust(delta)).toMatchObject({
      kind: 'unauthorised',
      note: expect.stringContaining('environment variable VALUE'),
    });
    expect(oms.calls).toEqual([]);
  });

  test('that has been replaced meanwhile is used at once', async () => {
    const environment = { VALUE: 'old' };
    const server = await startMisbehavingServer((socket, request) => {
      environment.VALUE = 'new';
      const accepted = request.includes('Bearer new');
      socket.write(answer(accepted ? 200 : 401, JSON.stringify({ webSiteId: 'API' })));
    });
    open.push(() => server.close());
    const oms = client(server.url, { token: new Secret({ env: 'VALUE' }, environment) });
    expect(await oms.adjust(delta)).toEqual({ kind: 'accepted' });
    expect(server.requests).toHaveLength(2);
  });

  test('without a value sends nothing', async () => {
    const oms = await sandbox();
    const outcome = await client(oms.url, { token: secret('') }).adjust(delta);
    expect(outcome).toMatchObject({ kind: 'unauthorised', note: expect.stringContaining('No value') });
  });
});

describe('a log-in', () => {
  test('is made once for everybody', async () => {
    const oms = await sandbox();
    const logged = client(oms.url, withLogin());
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => logged.adjust(delta)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(oms.accounts.logins).toBe(1);
  });

  test('is repeated once for everybody who met a 401, and every delta is applied once', async () => {
    const oms = await sandbox();
    const logged = client(oms.url, withLogin());
    await logged.adjust(delta);
    oms.accounts.revokeSessions();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => logged.adjust(delta)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(oms.accounts.logins).toBe(2);
    expect(oms.levels.get('CAP_HARAJUKU', product)).toBe(-26);
  });

  test('that does not help against 401 is not repeated for ever', async () => {
    const oms = await sandbox();
    oms.faults.set({ status: { code: 401, times: 100 } });
    expect((await client(oms.url, withLogin()).adjust(delta)).kind).toBe('unauthorised');
    expect(oms.calls).toHaveLength(2);
  });

  test('is renewed before the token ends', async () => {
    const clock = movableClock();
    const oms = await sandbox({ clock, tokenLifeMs: 60 * 60_000 });
    const logged = client(oms.url, withLogin(), clock);
    await logged.adjust(delta);
    clock.aheadMs = 54 * 60_000;
    await logged.adjust(delta);
    expect(oms.accounts.logins).toBe(1);
    clock.aheadMs = 56 * 60_000;
    await logged.adjust(delta);
    expect(oms.accounts.logins).toBe(2);
  });

  test('refused with HTTP 200 is understood, and not hammered', async () => {
    const oms = await sandbox();
    const logged = client(oms.url, withLogin('a-wrong-password'));
    for (let turn = 0; turn < 5; turn += 1) {
      const outcome = await logged.adjust(delta);
      expect(outcome).toMatchObject({ kind: 'unauthorised', note: expect.stringContaining('incorrect') });
      expect(JSON.stringify(outcome)).not.toContain('a-wrong-password');
    }
    expect(oms.accounts.logins).toBe(1);
    expect(oms.calls).toEqual([]);
  });

  test('that gets no answer leaves no doubt about the delta: it was not sent', async () => {
    const server = await startMisbehavingServer((socket) => socket.destroy());
    open.push(() => server.close());
    expect((await client(server.url, withLogin()).adjust(delta)).kind).toBe('not-sent');
    expect(server.requests).toHaveLength(1);
  });

  test('that is throttled says until when', async () => {
    const server = await startMisbehavingServer((socket) =>
      socket.write(answer(429, '', { 'retry-after': '30' })),
    );
    open.push(() => server.close());
    expect(await client(server.url, withLogin()).adjust(delta)).toMatchObject({
      kind: 'throttled',
      retryAfterMs: 30_000,
    });
  });
});

describe('reading', () => {
  test('rows come back filtered and in pages, with the number of all', async () => {
    const oms = await sandbox();
    const reader = client(oms.url, { token: secret(oms.token) });
    for (let turn = 0; turn < 3; turn += 1) await reader.adjust(delta);
    await reader.adjust({ ...delta, facilityId: 'CAP_SHIBUYA' });
    const found = await reader.performFind({
      entityName: 'InventoryItemVariance',
      inputFields: {
        facilityId: 'CAP_HARAJUKU',
        createdStamp_fld0_op: 'greaterThan',
        createdStamp_fld0_value: 0,
      },
      fieldList: ['quantityOnHandVar', 'varianceReasonId'],
      viewSize: 2,
      orderBy: 'createdStamp DESC',
    });
    const row = { quantityOnHandVar: -2, varianceReasonId: 'POS_SALE' };
    expect(found).toEqual({ count: 3, docs: [row, row] });
  });

  test('an error text that says "nothing found" is an empty result', async () => {
    const server = await startMisbehavingServer((socket) =>
      socket.write(answer(200, JSON.stringify({ error: 'No record found' }))),
    );
    open.push(() => server.close());
    const reader = client(server.url, { token: secret('any') });
    const query = { entityName: 'Facility', inputFields: {}, fieldList: [], viewSize: 1 };
    expect(await reader.performFind(query)).toEqual({ count: 0, docs: [] });
  });

  test('what cannot be read is a problem with advice', async () => {
    const oms = await sandbox();
    const query = { entityName: 'Unheard', inputFields: {}, fieldList: [], viewSize: 1 };
    await expect(client(oms.url, { token: secret(oms.token) }).performFind(query)).rejects.toMatchObject({
      code: 'oms-read-refused',
    });
    await expect(client(oms.url, { token: secret('wrong') }).performFind(query)).rejects.toMatchObject({
      code: 'oms-unauthorised',
    });
    await oms.close();
    await expect(client(oms.url, { token: secret('any') }).performFind(query)).rejects.toMatchObject({
      code: 'oms-unreachable',
    });
  });
});

describe('checking the token', () => {
  test('says that it is accepted and when it ends', async () => {
    const exp = Date.UTC(2027, 0, 31) / 1000;
    const token = `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`;
    const oms = await sandbox({ token });
    const checked = await client(oms.url, { token: secret(token) }).checkToken();
    expect(checked).toBe(
      `${oms.url} accepts the token (until 2027-01-31T00:00:00.000Z); reading is permitted`,
    );
  });

  test('a rejected token is a problem', async () => {
    const oms = await sandbox();
    await expect(client(oms.url, { token: secret('wrong') }).checkToken()).rejects.toMatchObject({
      code: 'oms-unauthorised',
    });
  });

  test('the end of a token is read from it, where it has one', () => {
    const token = (claims: unknown) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
    expect(tokenExpiresAt(token({ exp: 1_795_435_200 }))).toBe(1_795_435_200_000);
    expect(tokenExpiresAt(token({}))).toBeUndefined();
    expect(tokenExpiresAt(token(null))).toBeUndefined();
    expect(tokenExpiresAt('no token')).toBeUndefined();
    expect(tokenExpiresAt('a.b.c')).toBeUndefined();
  });
});
