import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openShop, pageToken, type ShopFloor } from '../support/shop-floor.ts';

const bearer = `Bearer ${pageToken}`;

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request whose path and headers are sent as they are; fetch would tidy them. */
function ask(
  url: string,
  path: string,
  options: { method?: string; headers?: object; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const call = request({ hostname, port, path, ...rest, headers: { ...options.headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        // Events never end.
        if (path.startsWith('/events')) answer.destroy();
      });
      answer.on('close', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

const act = (headers: object = {}, body: object = { action: 'write-off', ids: [1], dryRun: true }) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

describe('on loopback', () => {
  let shop: ShopFloor;
  beforeEach(async () => {
    shop = await openShop();
  });

  test('everybody on this machine may look, under strict headers', async () => {
    for (const path of ['/', '/page/page.js', '/status.json', '/events', '/health/live', '/health/ready']) {
      const { status, headers } = await ask(shop.url, path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  test('the page has no script, style or handler in its markup', async () => {
    const { body } = await ask(shop.url, '/');
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|https?:/);
  });

  test('a name that only resolves to this machine is turned away', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
    ]) {
      const { status, body } = await ask(shop.url, '/status.json', { headers: { host } });
      expect([host, status]).toEqual([host, 403]);
      expect(body).not.toContain('sentence');
    }
    for (const host of ['localhost:8180', '127.0.0.1', '[::1]:8180', 'LOCALHOST']) {
      expect((await ask(shop.url, '/status.json', { headers: { host } })).status).toBe(200);
    }
  });

  test('a webhook comes through a proxy, under any name and without our token: it is judged where it is taken', async () => {
    const proxied = { method: 'POST', headers: { host: 'shop.example', origin: 'https://shop.example' } };
    // Nobody takes them here.
    expect((await ask(shop.url, '/webhooks/smaregi', proxied)).status).toBe(404);
    expect((await ask(shop.url, '/webhooks/smaregi', { ...proxied, method: 'GET' })).status).toBe(403);
  });

  test('a page of another site may link to this one, and ask it nothing', async () => {
    const from = (site: string) => ({ headers: { 'sec-fetch-site': site } });
    for (const site of ['cross-site', 'same-site']) {
      expect((await ask(shop.url, '/', from(site))).status).toBe(200);
      for (const path of ['/status.json', '/events', '/story?store=1&product=1', '/rejected/1']) {
        expect([path, (await ask(shop.url, path, from(site))).status]).toEqual([path, 403]);
      }
    }
    expect((await ask(shop.url, '/status.json', from('same-origin'))).status).toBe(200);
    expect((await ask(shop.url, '/status.json', from('none'))).status).toBe(200);
  });

  test('a change needs the token, from this page or from no page', async () => {
    const { host } = new URL(shop.url);
    const statusOf = async (headers: object) => (await ask(shop.url, '/actions', act(headers))).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf({ authorization: bearer })).toBe(200);
    expect(await statusOf({ authorization: bearer, origin: `http://${host}` })).toBe(200);
    expect(await statusOf({ authorization: bearer, 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await statusOf({ authorization: bearer, origin: 'http://evil.example' })).toBe(403);
    expect(await statusOf({ authorization: bearer, origin: 'null' })).toBe(403);
    expect(await statusOf({ authorization: bearer, origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await statusOf({ authorization: bearer, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await statusOf({ authorization: bearer, 'sec-fetch-site': 'same-site' })).toBe(403);
  });

  test('what is no decision is refused before it is looked at', async () => {
    const statusOf = async (body: object | string, headers: object = {}) => {
      const options = act({ authorization: bearer, ...headers });
      return (
        await ask(shop.url, '/actions', {
          ...options,
          body: typeof body === 'string' ? body : JSON.stringify(body),
        })
      ).status;
    };
    const good = { action: 'write-off', ids: [1], dryRun: true };
    expect(await statusOf(good)).toBe(200);
    expect(await statusOf({ ...good, action: 'drop' })).toBe(400);
    expect(await statusOf({ ...good, ids: [] })).toBe(400);
    expect(await statusOf({ ...good, ids: ['1; DROP TABLE call'] })).toBe(400);
    expect(await statusOf({ ...good, dryRun: false })).toBe(400);
    expect(await statusOf({ ...good, dryRun: false, who: 'someone', reason: ' ' })).toBe(400);
    expect(await statusOf('{"action"')).toBe(400);
    expect(await statusOf({ ...good, reason: 'x'.repeat(70_000) })).toBe(413);
    expect(await statusOf('action=write-off', { 'content-type': 'application/x-www-form-urlencoded' })).toBe(
      415,
    );
  });

  test('no path from outside leads to a file', async () => {
    await writeFile(join(shop.retailer.root, 'secret.csv'), 'top secret');
    for (const path of [
      '/page/../../../../flagship.json',
      '/page/..%2f..%2fstatus.ts',
      '/page/%2e%2e%2fstatus.ts',
      '/page/tsconfig.json',
      '/page/nothing.js',
      '/rejected/../../secret.csv',
      '/rejected/..%2f..%2fsecret.csv',
      '/rejected/1',
      '/rejected/-1',
      '/rejected/1e9',
      '/rejected/99999999999999999999',
    ]) {
      const { status, body } = await ask(shop.url, path);
      expect([path, status >= 400 && status < 500]).toEqual([path, true]);
      expect(body).not.toMatch(/top secret|import |compilerOptions/);
    }
  });
});

test('without a token the page can be looked at, and nothing can be changed', async () => {
  const { url } = await openShop({ settings: { status: { port: 0 } } });
  expect((await ask(url, '/status.json')).status).toBe(200);
  expect(JSON.parse((await ask(url, '/access')).body)).toEqual({ actions: false });
  const { status, body } = await ask(url, '/actions', act({ authorization: bearer }));
  expect(status).toBe(403);
  expect(body).toContain('status.token');
});

test('on any other address everything but the empty page and health needs the token', async () => {
  const { url } = await openShop({
    settings: { status: { host: '0.0.0.0', port: 0, token: { env: 'PAGE_TOKEN' } } },
  });
  const at = url.replace('0.0.0.0', '127.0.0.1');
  for (const path of [
    '/status.json',
    '/events',
    '/access',
    '/story?store=1&product=1',
    '/rejected/1',
    '/metrics',
    '/nothing',
  ]) {
    const closed = await ask(at, path);
    expect([path, closed.status]).toEqual([path, 401]);
    expect(closed.body).not.toContain('sentence');
    expect((await ask(at, path, { headers: { authorization: bearer } })).status).not.toBe(401);
  }
  const empty = await ask(at, '/');
  expect(empty.status).toBe(401);
  expect(empty.headers['content-type']).toContain('text/html');
  expect((await ask(at, '/page/page.js')).status).toBe(200);
  expect((await ask(at, '/health/live')).status).toBe(200);
  expect((await ask(at, '/actions', act())).status).toBe(401);
});
