import { expect, test } from 'vitest';
import { createHttpServer, listen } from '../../src/platform/http-server.ts';

test('a port that is taken is a problem that names it', async () => {
  const first = createHttpServer();
  const second = createHttpServer();
  const { port, url } = await listen(first, { host: '127.0.0.1', port: 0 });
  expect(url).toBe(`http://127.0.0.1:${port}`);
  await expect(listen(second, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'port-unavailable',
    message: expect.stringContaining(String(port)),
  });
  await first.close();
  await second.close();
});

test('a server that stops does not wait for idle connections', async () => {
  const server = createHttpServer();
  server.get('/', async () => 'hello');
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 });
  expect(await (await fetch(url)).text()).toBe('hello');
  await server.close();
  await expect(fetch(url)).rejects.toThrow();
});
