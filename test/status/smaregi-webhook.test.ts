import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { createHttpServer, listen } from '../../src/platform/http-server.ts';
import type { WebhookEvent } from '../../src/smaregi/webhook-event.ts';
import { addSmaregiWebhook } from '../../src/status/smaregi-webhook.ts';

const ids = [{ id: '556144', productId: '1001', storeId: '1' }];
const stockEvent = { contractId: 'sb_demo', event: 'pos:stock', action: 'edited', ids };

async function makeWebhook() {
  const events: WebhookEvent[] = [];
  const server = createHttpServer();
  addSmaregiWebhook(server, {
    contractId: 'sb_demo',
    header: 'X-Flagship-Key',
    value: new Secret({ env: 'KEY' }, { KEY: 'the-key' }),
    onEvent: (event) => events.push(event),
  });
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  let sent = 0;
  const send = async (body: unknown, headers: Record<string, string> = {}) => {
    sent += 1;
    const answer = await fetch(`${url}/webhooks/smaregi`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'smaregi-contract-id': 'sb_demo',
        'smaregi-event': 'pos:stock',
        'smaregi-event-id': `event-${sent}`,
        'x-flagship-key': 'the-key',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.text() };
  };
  return { events, send };
}

test('an event is answered with an empty 200 and names what is to be read', async () => {
  const { events, send } = await makeWebhook();
  expect(await send(stockEvent)).toEqual({ status: 200, body: '' });
  await send({
    ...stockEvent,
    event: 'pos:transactions',
    ids: undefined,
    transactionHeadIds: ['8801', 8802],
  });
  await send({ ...stockEvent, event: 'pos:products', ids: undefined, productIds: ['1001'] });
  const nothing = { contractId: 'sb_demo', stockRows: [], transactionIds: [], productIds: [] };
  expect(events).toEqual([
    { ...nothing, stockRows: [{ storeId: '1', productId: '1001' }] },
    { ...nothing, transactionIds: ['8801', '8802'] },
    { ...nothing, productIds: ['1001'] },
  ]);
});

test('an event that comes twice counts once', async () => {
  const { events, send } = await makeWebhook();
  expect((await send(stockEvent, { 'smaregi-event-id': 'same' })).status).toBe(200);
  expect((await send(stockEvent, { 'smaregi-event-id': 'same' })).status).toBe(200);
  expect(events).toHaveLength(1);
});

test.each([
  ['without the secret', { 'x-flagship-key': '' }, stockEvent, 401],
  ['with another secret', { 'x-flagship-key': 'the-keys' }, stockEvent, 401],
  ['of another contract, by its header', { 'smaregi-contract-id': 'sb_other' }, stockEvent, 403],
  ['of another contract, by its body', {}, { ...stockEvent, contractId: 'sb_other' }, 403],
  ['without an id', { 'smaregi-event-id': '' }, stockEvent, 400],
  ['that is no event', {}, { hello: 'world' }, 400],
  ['that is no JSON', {}, '{"contractId":', 400],
  ['that is a list', {}, [stockEvent], 400],
  ['as large as no event is', {}, { ...stockEvent, ids: 'x'.repeat(600_000) }, 413],
])('a request %s wakes nothing', async (_what, headers, body, status) => {
  const { events, send } = await makeWebhook();
  expect((await send(body, headers)).status).toBe(status);
  expect(events).toEqual([]);
});

test('what in an event is odd is left out: ids that are none never reach a path or a query', async () => {
  const { events, send } = await makeWebhook();
  const odd = [
    null,
    7,
    { productId: '../1', storeId: '1' },
    { productId: '1001' },
    { productId: 1002, storeId: 3 },
  ];
  await send({ ...stockEvent, ids: odd });
  await send({ ...stockEvent, event: 'pos:transactions', transactionHeadIds: 'all' });
  await send({ ...stockEvent, event: 'pos:losses', lossIds: ['1'] });
  expect(events.map(({ stockRows, transactionIds }) => [...stockRows, ...transactionIds])).toEqual([
    [{ productId: '1002', storeId: '3' }],
    [],
    [],
  ]);
});
