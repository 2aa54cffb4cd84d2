import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { OmsClient, OmsSettings } from '../../src/hotwax/oms-client.ts';
import { createOmsClient } from '../../src/hotwax/oms-client.ts';
import type { Outcome } from '../../src/platform/call-outcome.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { answer, type Behaviour, closedPort, startMisbehavingServer } from '../support/misbehaving-server.ts';

const delta = {
  facilityId: 'CAP_HARAJUKU',
  externalFacilityId: '1',
  locationSeqId: 'TLTLTLLL01',
  idType: 'UPCA',
  idValue: '4901234567894',
  quantity: -1,
  varianceReasonId: 'POS_SALE',
};
const echo = { ...delta, webSiteId: 'API' };
const token = 'a-token-that-nobody-may-see';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function settings(baseUrl: string, changes: Partial<OmsSettings> = {}): OmsSettings {
  return {
    baseUrl,
    token: new Secret({ env: 'TOKEN' }, { TOKEN: token }),
    facility: 'facilityId',
    requestsPerSecond: null,
    concurrency: 2,
    timeoutSeconds: 1,
    reasons: {},
    coalesceAbove: 1000,
    readBack: 'off',
    ...changes,
  };
}

function client(baseUrl: string, changes: Partial<OmsSettings> = {}): OmsClient {
  const oms = createOmsClient({ oms: settings(baseUrl, changes), clock: systemClock });
  open.push(() => oms.close());
  return oms;
}

async function against(behave: Behaviour): Promise<{ outcome: Outcome; requests: string[] }> {
  const server = await startMisbehavingServer(behave);
  open.push(() => server.close());
  const outcome = await client(server.url).adjust(delta);
  return { outcome, requests: server.requests };
}

const json = (status: number, body: unknown, headers?: Record<string, string>): Behaviour => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (socket) => socket.write(answer(status, text, { 'content-type': 'application/json', ...headers }));
};
const html = (status: number, body: string): Behaviour => {
  return (socket) => socket.write(answer(status, body, { 'content-type': 'text/html;charset=UTF-8' }));
};

const loginPage = '<!DOCTYPE html><form action="login"><input type="password" name="PASSWORD"></form>';
const printedSample = '{\n{ "facilityId":"WH", "availableDelta":4, "idType":"UPCA" },\n"webSiteId":"API"\n}';

describe('a whole answer decides', () => {
  const table: [string, Behaviour, Outcome['kind']][] = [
    ['200 with the echo', json(200, echo), 'accepted'],
    ['200 with an empty list of errors', json(200, { ...echo, _ERROR_MESSAGE_LIST_: [] }), 'accepted'],
    ['200 with empty error texts', json(200, { ...echo, _ERROR_MESSAGE_: '', error: null }), 'accepted'],
    ['200 with the documentation\u2019s own invalid JSON', json(200, printedSample), 'accepted'],
    ['200 with a byte order mark', json(200, `\uFEFF${JSON.stringify(echo)}`), 'accepted'],
    ['200 with _ERROR_MESSAGE_', json(200, { ...echo, _ERROR_MESSAGE_: 'no such product' }), 'refused'],
    ['200 with _ERROR_MESSAGE_LIST_', json(200, { _ERROR_MESSAGE_LIST_: ['bad'] }), 'refused'],
    ['200 with error', json(200, { error: 'bad' }), 'refused'],
    ['200 with errors', json(200, { errors: 'bad' }), 'refused'],
    ['200 with errorMessage', json(200, { errorMessage: 'bad' }), 'refused'],
    ['200 with errorMessageList', json(200, { errorMessageList: ['bad'] }), 'refused'],
    ['200 with responseMessage error', json(200, { responseMessage: 'error' }), 'refused'],
    ['200 with responseMessage success', json(200, { ...echo, responseMessage: 'success' }), 'accepted'],
    [
      '200 with an error in invalid JSON',
      json(200, `{{"availableDelta":1},"_ERROR_MESSAGE_":"bad"}`),
      'refused',
    ],
    ['200 with half of a JSON text', json(200, '{"availableDelta":-1,"webSiteId":"A'), 'in-doubt'],
    ['200 with a JSON list', json(200, [echo]), 'in-doubt'],
    ['200 with plain text', json(200, 'ok'), 'in-doubt'],
    ['200 with nothing', json(200, ''), 'in-doubt'],
    ['200 with the log-in page', html(200, loginPage), 'unauthorised'],
    ['200 with another page', html(200, '<html><body>Back soon</body></html>'), 'in-doubt'],
    ['201 with the echo', json(201, echo), 'accepted'],
    ['202', json(202, echo), 'in-doubt'],
    ['204', (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'), 'in-doubt'],
    [
      '302 to the log-in',
      (socket) => socket.write(answer(302, '', { location: '/commerce/control/login' })),
      'unauthorised',
    ],
    ['302 to elsewhere', (socket) => socket.write(answer(302, '', { location: '/done' })), 'in-doubt'],
    ['301', (socket) => socket.write(answer(301, '', { location: 'https://oms.example/' })), 'refused'],
    ['303', (socket) => socket.write(answer(303, '', { location: '/done' })), 'in-doubt'],
    ['307', (socket) => socket.write(answer(307, '', { location: 'https://oms.example/' })), 'refused'],
    ['308', (socket) => socket.write(answer(308, '', { location: 'https://oms.example/' })), 'refused'],
    ['400', json(400, { error: 'bad request' }), 'refused'],
    ['401', json(401, { error: 'Unauthorized' }), 'unauthorised'],
    ['403', json(403, {}), 'unauthorised'],
    ['404', html(404, '<h1>Not Found</h1>'), 'refused'],
    ['407', json(407, {}), 'unauthorised'],
    ['408', json(408, ''), 'in-doubt'],
    ['422', json(422, ''), 'refused'],
    ['425', json(425, ''), 'throttled'],
    ['499', json(499, ''), 'in-doubt'],
    ['429', json(429, ''), 'throttled'],
    ['503', html(503, '<h1>Unavailable</h1>'), 'throttled'],
    ['500', json(500, { error: 'NullPointerException' }), 'in-doubt'],
    ['502', html(502, '<h1>Bad Gateway</h1>'), 'in-doubt'],
    ['504', html(504, '<h1>Gateway Time-out</h1>'), 'in-doubt'],
  ];
  test.each(table)('%s', async (_name, behave, kind) => {
    const { outcome, requests } = await against(behave);
    expect(outcome.kind).toBe(kind);
    expect(requests).toHaveLength(1);
  });
});

describe('a connection that fails', () => {
  test('refused: not sent', async () => {
    const outcome = await client(`http://127.0.0.1:${await closedPort()}`).adjust(delta);
    expect(outcome).toMatchObject({ kind: 'not-sent', note: expect.stringContaining('ECONNREFUSED') });
  });

  test('a host that has no address: not sent', async () => {
    const outcome = await client('http://nowhere.invalid').adjust(delta);
    expect(outcome.kind).toBe('not-sent');
  });

  test('a TLS greeting that the server does not understand: not sent', async () => {
    const server = await startMisbehavingServer(
      () => {},
      (socket) => socket.once('data', () => socket.end('this is no TLS')),
    );
    open.push(() => server.close());
    const outcome = await client(server.url.replace('http:', 'https:')).adjust(delta);
    expect(outcome.kind).toBe('not-sent');
  });

  test('a TLS greeting that is never answered ends in a time-out: not sent', async () => {
    const server = await startMisbehavingServer(() => {});
    open.push(() => server.close());
    const outcome = await client(server.url.replace('http:', 'https:')).adjust(delta);
    expect(outcome).toMatchObject({
      kind: 'not-sent',
      note: expect.stringContaining('UND_ERR_CONNECT_TIMEOUT'),
    });
  });
});

describe('an answer that fails after the request may have left', () => {
  const table: [string, Behaviour][] = [
    ['reset before the first byte of the answer', (socket) => socket.resetAndDestroy()],
    ['closed before the first byte of the answer', (socket) => socket.end()],
    ['reset inside the head', (socket) => socket.write('HTTP/1.1 200 O', () => socket.resetAndDestroy())],
    [
      'closed inside the body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"webSiteId":"API"}'),
    ],
    ['no answer at all', () => {}],
    [
      'a body that stops',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"webSiteId"'),
    ],
    ['something that is not HTTP', (socket) => socket.end('hello\r\n\r\n')],
  ];
  test.each(table)('%s: in doubt, and sent once only', async (_name, behave) => {
    const { outcome, requests } = await against(behave);
    expect(outcome.kind).toBe('in-doubt');
    expect(requests).toHaveLength(1);
  });

  test('a body that trickles without end is broken off: in doubt', async () => {
    const timers: NodeJS.Timeout[] = [];
    const { outcome } = await against((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      timers.push(setInterval(() => socket.write('1\r\n \r\n'), 100));
    });
    for (const timer of timers) clearInterval(timer);
    expect(outcome).toMatchObject({ kind: 'in-doubt', note: 'the answer did not come to an end' });
  });

  test('a "no" whose body is cut is still a "no"', async () => {
    const cut = (status: number): Behaviour => {
      return (socket) =>
        socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: 500\r\nretry-after: 7\r\n\r\nno`);
    };
    expect((await against(cut(400))).outcome.kind).toBe('refused');
    expect((await against(cut(503))).outcome).toMatchObject({ kind: 'throttled', retryAfterMs: 7000 });
    expect((await against(cut(502))).outcome.kind).toBe('in-doubt');
  });

  test('a keep-alive connection closed under the second request: that one is in doubt, sent once', async () => {
    const server = await startMisbehavingServer((socket, _request, turn) => {
      if (turn === 0) socket.write(answer(200, JSON.stringify(echo)));
      else socket.destroy();
    });
    open.push(() => server.close());
    const oms = client(server.url, { concurrency: 1 });
    expect((await oms.adjust(delta)).kind).toBe('accepted');
    expect((await oms.adjust(delta)).kind).toBe('in-doubt');
    expect(server.requests).toHaveLength(2);
    expect(server.connections).toBe(1);
  });

  test('a keep-alive connection closed while idle is replaced, and nothing is in doubt', async () => {
    const server = await startMisbehavingServer((socket) => {
      socket.write(answer(200, JSON.stringify(echo)), () => setTimeout(() => socket.end(), 20));
    });
    open.push(() => server.close());
    const oms = client(server.url, { concurrency: 1 });
    expect((await oms.adjust(delta)).kind).toBe('accepted');
    await systemClock.sleep(100);
    expect((await oms.adjust(delta)).kind).toBe('accepted');
    expect(server.connections).toBe(2);
  });
});

describe('what is kept of an answer', () => {
  test('Retry-After in seconds and as a date is honoured without a limit', async () => {
    const seconds = await against(json(429, '', { 'retry-after': '86400' }));
    expect(seconds.outcome).toMatchObject({ kind: 'throttled', retryAfterMs: 86_400_000 });
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const date = await against(json(503, '', { 'retry-after': inAnHour }));
    const { retryAfterMs = 0 } = date.outcome as { retryAfterMs?: number };
    expect(retryAfterMs).toBeGreaterThan(3_500_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  test('no Retry-After, or one that makes no sense, is no time', async () => {
    for (const value of ['', 'soon', '-5', '1.5']) {
      const { outcome } = await against(json(429, '', { 'retry-after': value }));
      expect(outcome).toMatchObject({ kind: 'throttled', retryAfterMs: undefined });
    }
  });

  test('a refusal says why', async () => {
    const { outcome } = await against(json(200, { _ERROR_MESSAGE_LIST_: ['no product', 'no facility'] }));
    expect(outcome).toEqual({ kind: 'refused', note: 'no product; no facility' });
  });

  test('a long body is cut and put on one line', async () => {
    const { outcome } = await against(json(400, `line one\nline two ${'x'.repeat(5000)}`));
    const note = (outcome as { note: string }).note;
    expect(note).toMatch(/^HTTP 400: line one line two x+…$/);
    expect(note.length).toBeLessThanOrEqual(501);
  });

  test('no credential survives in a note, not even cut in two', async () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTU0MzUyMDB9.c2lnbmF0dXJl';
    const said = `${'x'.repeat(480)} ${token} ${jwt} {"PASSWORD":"hunter2"} Bearer abc.def`;
    const { outcome } = await against(json(400, said));
    expect(JSON.stringify(outcome)).not.toContain(token.slice(0, 8));
    const other = await against(json(400, `${jwt} {"PASSWORD":"hunter2"} bearer abc.def`));
    expect(JSON.stringify(other.outcome)).not.toMatch(/eyJ|hunter2|abc\.def/);
  });
});
