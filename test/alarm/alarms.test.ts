import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadStores } from '../../src/config/store-map.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { startMailReceiver } from '../support/mail-receiver.ts';
import { drop, inventoryFile, makeRetailer } from '../support/retailer.ts';
import { type SalesLine, salesFile } from '../support/sales-file.ts';
import { eventually, flagship, ServiceProcess } from '../support/service-process.ts';
import { makeSmaregi } from '../support/smaregi.ts';
import { noticesIn, startWebhookReceiver } from '../support/webhook-receiver.ts';

const cap = '4901234000001';
const unknown = '4909999999999';

/** Where it is about noon now, so that no test runs into midnight. */
const noon = (() => {
  const hours = new Date().getUTCHours() - 12;
  return `Etc/GMT${hours < 0 ? hours : `+${hours}`}`;
})();

interface Retailing {
  alarms?: object;
  settings?: object;
  omsUrl?: string;
  token?: string;
}

/** A retailer whose alarms go to a real webhook, quickly. */
async function watched({ alarms = {}, settings = {}, omsUrl, token = 'token' }: Retailing = {}) {
  const retailer = await makeRetailer({});
  const hook = await startWebhookReceiver();
  const oms = await startOmsSandbox({
    stores: loadStores(join(retailer.root, 'stores.csv')),
    incoming: undefined,
    clock: systemClock,
    products: [{ idType: 'UPCA', idValue: cap }],
    token,
  });
  onTestFinished(() => oms.close());
  const configure = (changes: { alarms?: object; delivery?: object } = {}) =>
    writeFile(
      retailer.configPath,
      JSON.stringify({
        dataDir: 'data',
        status: null,
        timeZone: noon,
        inbox: { settleSeconds: 0.1, scanSeconds: 0.2 },
        delivery: { type: 'folder', directory: 'incoming' },
        oms: { baseUrl: omsUrl ?? oms.url, token: { env: 'TOKEN' }, requestsPerSecond: null },
        ...settings,
        ...changes,
        alarms: {
          everySeconds: 0.1,
          calmSeconds: 0.3,
          webhooks: [{ url: { env: 'HOOK' } }],
          ...alarms,
          ...changes.alarms,
        },
      }),
    );
  await configure();
  await mkdir(join(retailer.root, 'incoming'));
  await mkdir(retailer.data('inbox', 'sales'), { recursive: true });
  const environment = { TOKEN: token, HOOK: hook.url };
  return {
    retailer,
    hook,
    oms,
    configure,
    start: () => ServiceProcess.start(retailer.configPath, environment),
    run: (...args: string[]) => flagship([...args, '--config', retailer.configPath], environment),
    sell: (name: string, lines: readonly SalesLine[]) =>
      writeFile(join(retailer.data('inbox', 'sales'), name), salesFile(lines)),
    heard: (notice: string) => eventually(notice, () => noticesIn(hook).includes(notice)),
    count: (notice: string) => noticesIn(hook).filter((other) => other === notice).length,
  };
}

describe('somebody is told', () => {
  test('that no file came by the deadline, until one comes', async () => {
    const { start, retailer, heard, count } = await watched();
    await start();
    await heard('start inventory-late');
    await drop(retailer, 'zaiko.csv', inventoryFile(3).bytes);
    await heard('end inventory-late');
    expect(count('start inventory-late')).toBe(1);
  });

  test('that a file is refused, and that a snapshot is held, until a person acted', async () => {
    const { start, retailer, heard, run } = await watched();
    await start();
    await drop(retailer, 'other.csv', 'a,b\n1,2\n');
    await heard('start file-refused');
    const rows = ['店舗ID,商品コード,在庫数', `1,${cap},4`, `77,${cap},4`];
    await drop(retailer, 'zaiko.csv', rows.join('\r\n'));
    await heard('start snapshot-held');
    await heard('end file-refused');
    expect((await run('snapshots', 'discard', '1', '--reason', 'test')).code).toBe(0);
    await heard('end snapshot-held');
  });

  test('that a snapshot is not delivered, until it is', async () => {
    const { start, retailer, heard } = await watched({ alarms: { undeliveredMinutes: 0 } });
    await rm(join(retailer.root, 'incoming'), { recursive: true });
    await start();
    await drop(retailer, 'zaiko.csv', inventoryFile(3).bytes);
    await heard('start snapshot-undelivered');
    await mkdir(join(retailer.root, 'incoming'));
    await heard('end snapshot-undelivered');
  });

  test('that nobody knows whether the OMS applied a snapshot, until somebody says so', async () => {
    const { start, retailer, heard, run } = await watched({
      settings: { reset: { confirm: 'pickup', holdLimitMinutes: 0 } },
    });
    await start();
    await drop(retailer, 'zaiko.csv', inventoryFile(3).bytes);
    await heard('start snapshot-unconfirmed');
    const at = new Date().toISOString();
    expect(await run('snapshots', 'applied', '1', '--at', at, '--reason', 'test')).toMatchObject({ code: 0 });
    await heard('end snapshot-unconfirmed');
  });

  test('of refusals and of doubts that stay, until they are settled', async () => {
    const { start, sell, oms, heard, run, count } = await watched({ alarms: { doubtMinutes: 0 } });
    await start();
    oms.faults.set({ dropAfter: 1 });
    await sell('a.csv', [{ transaction: 1, product: cap, quantity: 1 }]);
    await heard('start postings-in-doubt');
    await sell('b.csv', [{ transaction: 2, product: unknown, quantity: 1 }]);
    await heard('start postings-refused');
    await run('settle', '1', '--applied', 'yes', '--reason', 'test');
    await run('write-off', '2', '--reason', 'test');
    await heard('end postings-in-doubt');
    await heard('end postings-refused');
    expect(count('start postings-refused')).toBe(1);
  });

  test('of a backlog that does not shrink while the OMS is down', async () => {
    const { start, sell, heard } = await watched({
      omsUrl: 'http://127.0.0.1:9',
      alarms: { backlogMinutes: 0.005 },
    });
    await start();
    await sell('a.csv', [{ transaction: 1, product: cap, quantity: 1 }]);
    await heard('start postings-late');
  });

  test('of an open store without a sale, until it sells', async () => {
    const { start, sell, heard, hook } = await watched({
      alarms: {
        noSalesMinutes: 60,
        openingHours: { every: { from: '00:30', to: '23:30' }, stores: { 2: null } },
      },
    });
    await start();
    await heard('start no-sales');
    const told = hook.taken.flatMap(({ body }) => body.alarms as { code: string; subject: string }[]);
    expect(told.filter(({ code }) => code === 'no-sales')).toMatchObject([{ subject: '1' }]);
    const now = new Date().toISOString();
    await sell('a.csv', [{ transaction: 1, product: cap, quantity: 1, at: now }]);
    await heard('end no-sales');
  });

  test('of a token that ends within 14 days, and of a disk that is nearly full', async () => {
    const exp = Math.floor(Date.now() / 1000) + 3 * 86_400;
    const token = `x.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.x`;
    const { start, heard } = await watched({ token, alarms: { diskMegabytes: 1e12 } });
    await start();
    await heard('start token-ending');
    await heard('start disk-low');
  });

  test("of a clock that is off against the OMS's", async () => {
    const wrong = createServer((_request, response) => {
      response.setHeader('date', new Date(Date.now() - 10 * 60_000).toUTCString());
      response.setHeader('content-type', 'application/json');
      response.end('{"count":1,"docs":[{"facilityId":"HARAJUKU"}]}');
    });
    await new Promise<void>((resolve) => wrong.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      wrong.close();
    });
    const { start, heard, hook } = await watched({
      omsUrl: `http://127.0.0.1:${(wrong.address() as AddressInfo).port}`,
    });
    await start();
    await heard('start clock-off');
    expect(JSON.stringify(hook.taken)).toMatch(/600 s behind ours|599 s behind ours|601 s behind ours/);
  });
});

describe('a message', () => {
  test('is sent once, also when the service is restarted while the alarm lasts', async () => {
    const { start, heard, count, hook } = await watched();
    const first = await start();
    await heard('start inventory-late');
    await first.stop();
    const second = await start();
    await eventually('looked again', () => second.output.includes('watching'));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(count('start inventory-late')).toBe(1);
    expect(hook.taken.length).toBe(1);
  });

  test('waits while its receiver fails, and shows no secret in the log', async () => {
    const { start, hook, run } = await watched();
    hook.answerWith(500);
    const service = await start();
    await eventually('tried', () => service.output.includes('alarm-not-told'));
    expect(service.output).not.toContain('s3cret');
    const failed = await run('check', '--alarm');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('[alarm-not-told]');
    expect(failed.stdout).not.toContain('s3cret');
    hook.answerWith(200);
    const tried = hook.taken.length;
    await service.stop();
    await start();
    await eventually('told after all', () => hook.taken.length > tried);
  });

  test('goes to Slack as text, with its header to others, and by e-mail; a test can be sent', async () => {
    const mail = await startMailReceiver({ username: 'flagship', password: 'pass' });
    const slack = await startWebhookReceiver();
    const { configure, start, run, hook, retailer } = await watched();
    await configure({
      alarms: {
        webhooks: [
          { url: { env: 'HOOK' }, header: { name: 'x-key', value: { env: 'TOKEN' } } },
          { url: slack.url, format: 'slack' },
        ],
        email: {
          host: '127.0.0.1',
          port: mail.port,
          security: 'none',
          login: { username: 'flagship', password: { file: 'mail-password' } },
          from: 'flagship@example.jp',
          to: ['operator@example.jp'],
        },
      },
    });
    await writeFile(join(retailer.root, 'mail-password'), 'pass\n');
    const tested = await run('check', '--alarm');
    expect(tested.stdout).toContain('webhook 1, webhook 2, e-mail took a test message');
    await start();
    await eventually('all are told', () => hook.taken.length + slack.taken.length + mail.mails.length === 6);
    expect(hook.taken[0]).toMatchObject({ headers: { 'x-key': 'token' }, body: { test: true } });
    expect(noticesIn(hook)).toEqual(['start inventory-late']);
    expect(slack.taken[1]?.body).toEqual({
      text: expect.stringContaining('ALARM inventory-late: No inventory file came by the deadline'),
    });
    expect(mail.users).toEqual(['flagship', 'flagship']);
    expect(mail.mails[1]).toContain('Subject: Flagship: inventory-late');
  });
});

test('a Smaregi that cannot be read for too long is told of, and that it can be again', async () => {
  const smaregi = await makeSmaregi();
  const { contractId, clientId, clientSecret } = smaregi.application;
  const { start, heard } = await watched({
    alarms: { backlogMinutes: 0 },
    token: clientSecret,
    settings: {
      sales: { from: 'stock-changes' },
      smaregi: {
        baseUrl: smaregi.url,
        idUrl: smaregi.url,
        contractId,
        clientId,
        clientSecret: { env: 'TOKEN' },
        pollSeconds: 0.5,
        limits: { readsPerSecond: 100 },
      },
    },
  });
  await start();
  await eventually('Smaregi is read', () => smaregi.reads.served > 3);
  smaregi.faults.set({ reads: { status: { code: 403, times: 1_000 } } });
  await heard('start smaregi-unread');
  smaregi.faults.clear();
  await heard('end smaregi-unread');
});
