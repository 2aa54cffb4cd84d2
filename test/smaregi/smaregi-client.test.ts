import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { createSmaregiClient, type SmaregiClient } from '../../src/smaregi/smaregi-client.ts';
import { answer, type Behaviour, closedPort, startMisbehavingServer } from '../support/misbehaving-server.ts';
import { all, makeClient, makeSmaregi, settingsFor } from '../support/smaregi.ts';

const addition = { storeId: '1', productId: '1001', amount: -2, memo: 'flagship:pack:90001:1' };
const tokenAnswer = answer(200, JSON.stringify({ access_token: 'T-0', expires_in: 3600 }));

/** The real time, moved on by hand. */
function movableClock(): Clock & { aheadMs: number } {
  const clock = { aheadMs: 0, now: () => systemClock.now() + clock.aheadMs, sleep: systemClock.sleep };
  return clock;
}

/** A Smaregi on a bare socket, whose tokens are good and whose answers are as told. */
async function badSmaregi(behave: Behaviour) {
  const server = await startMisbehavingServer((socket, request, turn) => {
    if (request.startsWith('POST /app/')) socket.write(tokenAnswer);
    else behave(socket, request, turn);
  });
  onTestFinished(() => server.close());
  return server;
}

const now = () => systemClock.now();
const lately = () => ({ from: now() - 86_400_000, to: now() + 3_600_000 });

describe('an addition', () => {
  test('changes the stock and gives its receipt', async () => {
    const smaregi = await makeSmaregi();
    smaregi.book.begin('1', '1001', 10);
    const { outcome, changeId } = await makeClient(smaregi.url).addStock(addition);
    expect(outcome).toEqual({ kind: 'accepted' });
    expect(smaregi.book.stock('1', '1001')).toBe(8);
    expect(smaregi.additions).toMatchObject([{ id: changeId, memo: addition.memo, stockDivision: '15' }]);
  });

  test.each([
    ['before it was applied', { dropBefore: 1 }, 0],
    ['after it was applied', { dropAfter: 1 }, 1],
    ['by a gateway, applied or not', { status: { code: 502, times: 1, applied: true } }, 1],
    ['by an error of the server', { status: { code: 500, times: 1 } }, 0],
  ])('whose answer is lost %s is in doubt, and sent once only', async (_when, writes, applied) => {
    const smaregi = await makeSmaregi();
    smaregi.faults.set({ writes });
    const { outcome, changeId } = await makeClient(smaregi.url).addStock(addition);
    expect(outcome.kind).toBe('in-doubt');
    expect(changeId).toBeUndefined();
    expect(smaregi.additions).toHaveLength(applied);
    expect(smaregi.writes.served).toBe(1);
  });

  test('of an unknown product or store, or out of range, is refused in Smaregi’s own words', async () => {
    const smaregi = await makeSmaregi();
    const client = makeClient(smaregi.url);
    const noteOf = async (change: object) => {
      const { outcome } = await client.addStock({ ...addition, ...change });
      expect(outcome.kind).toBe('refused');
      return 'note' in outcome ? outcome.note : '';
    };
    expect(await noteOf({ productId: '9999' })).toBe('HTTP 404: NotFound: no product 9999');
    expect(await noteOf({ storeId: '77' })).toBe('HTTP 400: Bad Request: no store 77');
    expect(await noteOf({ amount: -1_500_000_000 })).toContain('out of range');
    expect(smaregi.additions).toEqual([]);
  });

  test('that comes too fast is throttled, and says for how long', async () => {
    const smaregi = await makeSmaregi();
    smaregi.faults.set({ writes: { status: { code: 429, times: 1, retryAfter: 7 } } });
    const { outcome } = await makeClient(smaregi.url).addStock(addition);
    expect(outcome).toMatchObject({ kind: 'throttled', retryAfterMs: 7_000 });
  });

  test('that could not be sent was not applied', async () => {
    const client = makeClient(`http://127.0.0.1:${await closedPort()}`);
    expect((await client.addStock(addition)).outcome.kind).toBe('not-sent');
  });

  test.each([
    ['no JSON', 'OK'],
    ['an empty body', ''],
    ['no change id', '{"productId":"1001"}'],
    ['a page', '<html>maintenance</html>'],
  ])('answered with %s is in doubt', async (_what, body) => {
    const server = await badSmaregi((socket) => socket.write(answer(200, body)));
    expect((await makeClient(server.url).addStock(addition)).outcome.kind).toBe('in-doubt');
  });
});

describe('a token', () => {
  test('is asked for once for everybody, with the scopes, and renewed once when it is rejected', async () => {
    const smaregi = await makeSmaregi();
    const client = makeClient(smaregi.url);
    const add = () => Promise.all(Array.from({ length: 8 }, () => client.addStock(addition)));
    await add();
    expect(smaregi.tokens.given).toBe(1);
    smaregi.tokens.revoke();
    const added = await add();
    expect(added.every(({ outcome }) => outcome.kind === 'accepted')).toBe(true);
    expect(smaregi.tokens.given).toBe(2);
    expect(smaregi.additions).toHaveLength(16);
  });

  test('is renewed five minutes before it ends', async () => {
    const clock = movableClock();
    const smaregi = await makeSmaregi({ clock });
    const client = makeClient(smaregi.url, {}, clock);
    await client.addStock(addition);
    clock.aheadMs = 54 * 60_000;
    await client.addStock(addition);
    expect(smaregi.tokens.given).toBe(1);
    clock.aheadMs = 56 * 60_000;
    await client.addStock(addition);
    expect(smaregi.tokens.given).toBe(2);
  });

  test('that is refused is not asked for again and again, and its secret is never told', async () => {
    const smaregi = await makeSmaregi();
    const clientSecret = new Secret({ env: 'VALUE' }, { VALUE: 'a-wrong-secret' });
    const client = makeClient(smaregi.url, { clientSecret });
    const { outcome } = await client.addStock(addition);
    expect(outcome).toMatchObject({ kind: 'unauthorised', note: expect.stringContaining('invalid_client') });
    await expect(all(client.stock({}))).rejects.toMatchObject({ code: 'smaregi-unauthorised' });
    expect(JSON.stringify(outcome)).not.toContain('a-wrong-secret');
    expect(smaregi.reads.served + smaregi.writes.served).toBe(0);
  });

  test('has a secret to be asked for with, or nothing is sent', async () => {
    const smaregi = await makeSmaregi();
    const clientSecret = new Secret({ env: 'VALUE' }, {});
    const { outcome } = await makeClient(smaregi.url, { clientSecret }).addStock(addition);
    expect(outcome).toMatchObject({ kind: 'unauthorised', note: expect.stringContaining('No value') });
  });

  test('takes whole addresses as well as hosts', async () => {
    const smaregi = await makeSmaregi();
    const { contractId } = smaregi.application;
    const client = makeClient(smaregi.url, {
      baseUrl: `${smaregi.url}/${contractId}/pos/`,
      idUrl: `${smaregi.url}/app/${contractId}/token`,
    });
    expect(await client.checkToken()).toContain(`contract ${contractId}`);
  });
});

describe('a list', () => {
  async function longHistory(links: boolean) {
    const smaregi = await makeSmaregi({ links });
    for (let count = 0; count < 250; count += 1) {
      smaregi.book.change({ storeId: '1', productId: '1001', division: '02', amount: -1 });
    }
    return smaregi;
  }

  test.each([
    ['links', true],
    ['counts', false],
  ])('comes whole where the server %s its pages', async (_how, links) => {
    const smaregi = await longHistory(links);
    const rows = await all(makeClient(smaregi.url).stockChanges({ storeId: '1', productId: '1001' }));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(250);
    expect(smaregi.reads.served).toBe(3);
  });

  test('spells the plus of a time’s offset so that it arrives', async () => {
    const server = await badSmaregi((socket) => socket.write(answer(200, '[]')));
    await all(makeClient(server.url).stock({ window: { from: 0, to: 1_000 } }));
    expect(server.requests[1]).toContain('upd_date_time-from=1970-01-01T09%3A00%3A00%2B09%3A00');
  });

  test('is empty where nothing moved', async () => {
    const smaregi = await makeSmaregi();
    const client = makeClient(smaregi.url);
    expect(await all(client.stock({ window: lately() }))).toEqual([]);
    expect(await all(client.stockChanges({ storeId: '1', productId: '1001' }))).toEqual([]);
  });

  test.each([
    ['an object', '{"result":[]}'],
    ['a list of no objects', '[1]'],
    ['half a list', '[{"id":"1"}'],
    ['a page', '<html>'],
  ])('that is %s is a problem, not an empty list', async (_what, body) => {
    const server = await badSmaregi((socket) => socket.write(answer(200, body)));
    await expect(all(makeClient(server.url).stock({}))).rejects.toMatchObject({ code: 'smaregi-odd-answer' });
  });

  test('whose server ignores the page does not go on for ever', async () => {
    const rows = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id: String(id) })));
    const server = await badSmaregi((socket) => socket.write(answer(200, rows)));
    const pages = makeClient(server.url).stockChanges({ storeId: '1', productId: '1001' });
    await expect(all(pages)).rejects.toMatchObject({ code: 'smaregi-odd-answer' });
    expect(server.requests).toHaveLength(3);
  });
});

test('a field that nobody has told us about is let pass, and told of once', async () => {
  const page = Array.from({ length: 3 }, (_, id) => ({ storeId: '1', productId: String(id), newField: 'x' }));
  const server = await badSmaregi((socket) => socket.write(answer(200, JSON.stringify(page))));
  const told: string[] = [];
  const client = createSmaregiClient({
    settings: settingsFor(server.url),
    clock: systemClock,
    random: () => 0,
    onUnknownField: (field) => told.push(field),
  });
  onTestFinished(() => client.close());
  expect(await all(client.stock({}))).toHaveLength(3);
  expect(told).toEqual(['stock.newField']);
});

describe('a read', () => {
  const read = (client: SmaregiClient) => all(client.stock({}));

  test('is repeated after a broken connection, an error and a throttling', async () => {
    const smaregi = await makeSmaregi();
    smaregi.book.begin('1', '1001', 3);
    smaregi.faults.set({ reads: { dropBefore: 1, status: { code: 429, times: 1, retryAfter: 1 } } });
    expect(await read(makeClient(smaregi.url))).toHaveLength(1);
  });

  test.each([
    [401, 'smaregi-unauthorised'],
    [403, 'smaregi-forbidden'],
    [404, 'smaregi-not-found'],
    [400, 'smaregi-read-refused'],
  ])('refused with %i is %s', async (code, problem) => {
    const smaregi = await makeSmaregi();
    smaregi.faults.set({ reads: { status: { code, times: 5 } } });
    await expect(read(makeClient(smaregi.url))).rejects.toMatchObject({ code: problem });
  });

  test('that never comes through is a problem', async () => {
    const client = makeClient(`http://127.0.0.1:${await closedPort()}`);
    await expect(read(client)).rejects.toMatchObject({ code: 'smaregi-unreachable' });
  });

  test('ends at once when nobody waits for it any more', async () => {
    const server = await badSmaregi(() => {});
    const enough = new AbortController();
    const pages = makeClient(server.url, { timeoutSeconds: 1 }).stock({}, enough.signal);
    setTimeout(() => enough.abort(), 50);
    await expect(all(pages)).rejects.toThrow(/abort/i);
  });
});

test('reads and writes each keep their own limit', async () => {
  // A little more than the client's: on a busy machine requests arrive late, and so closer together.
  const smaregi = await makeSmaregi({ limits: { reads: 13, writes: 6 } });
  const limits = { readsPerSecond: 10, writesPerSecond: 4, concurrency: 8 };
  const client = makeClient(smaregi.url, { limits });
  const reading = Array.from({ length: 15 }, () => all(client.stock({})));
  const writing = Array.from({ length: 9 }, () => client.addStock(addition));
  await Promise.all(reading);
  const added = await Promise.all(writing);
  expect(added.every(({ outcome }) => outcome.kind === 'accepted')).toBe(true);
  expect(smaregi.additions).toHaveLength(9);
  expect([smaregi.reads.throttled, smaregi.writes.throttled]).toEqual([0, 0]);
});
