import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SftpPlace } from '../../src/config/configuration.ts';
import { openRemoteFolder } from '../../src/delivery/open-folder.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type SftpServer, startSftpServer } from '../../src/sandbox/sftp-server.ts';
import type { SftpFaults } from '../../src/sandbox/sftp-session.ts';
import { sftpPlace } from '../support/sftp-place.ts';
import { check, deliverBytes, deliveryContract, resetName, writeSize } from './contract.ts';

const login = { username: 'newera', password: 'correct horse' };
const temporaryRoot = realpathSync(tmpdir());

deliveryContract("ssh2's server, which has no extensions", async () => {
  const server = await startSftpServer({ root: temporaryRoot, ...login });
  const remote = (real: string) =>
    `/${relative(temporaryRoot, realpathSync(join(real, '..')))}/${real.split('/').at(-1)}`;
  return {
    place: (real, temporary) =>
      sftpPlace(server, login, {
        directory: remote(real),
        ...(temporary && { temporaryDirectory: remote(temporary) }),
      }),
    close: server.close,
  };
});

describe('delivery by SFTP when something goes wrong', () => {
  let root: string;
  let faults: SftpFaults;
  let server: SftpServer;

  beforeEach(async () => {
    root = mkdtempSync(join(temporaryRoot, 'flagship-sftp-'));
    faults = {};
    server = await startSftpServer({ root, ...login, faults });
  });
  afterEach(async () => {
    await server.close();
    rmSync(root, { recursive: true });
  });

  const placeHere = (more: Partial<SftpPlace> = {}) => sftpPlace(server, login, { directory: '/', ...more });

  test('a wrong password is told as such, without the password', async () => {
    const place = sftpPlace(server, { username: 'newera', password: 'hunter2' }, { directory: '/' });
    const problem = await check(place).catch((error) => error);
    expect(problem).toMatchObject({ code: 'delivery-login' });
    expect(JSON.stringify([problem.message, problem.advice, problem.cause?.message])).not.toContain(
      'hunter2',
    );
  });

  test('a refused log-in is told as such', async () => {
    faults.refuseLogin = true;
    await expect(check(placeHere())).rejects.toMatchObject({ code: 'delivery-login' });
  });

  test('a port where nothing listens is unreachable', async () => {
    await server.close();
    await expect(check(placeHere())).rejects.toMatchObject({ code: 'delivery-unreachable' });
  });

  test('a host that does not exist is unreachable', async () => {
    await expect(check(placeHere({ host: 'sftp.invalid' }))).rejects.toMatchObject({
      code: 'delivery-unreachable',
    });
  });

  test('a directory that we may not write into is told as such', async () => {
    faults.readOnly = true;
    await expect(deliverBytes(placeHere(), randomBytes(10))).rejects.toMatchObject({
      code: 'delivery-directory',
    });
  });

  test('a full disk is told as probable, the part is removed, and with room again it is delivered', async () => {
    const content = randomBytes(3_000_000);
    faults.failWritesAfterBytes = 1_000_000;
    await expect(deliverBytes(placeHere(), content)).rejects.toMatchObject({
      code: 'delivery-full',
      message: expect.stringContaining('probable'),
    });
    expect(readdirSync(root)).toEqual([]);
    faults.failWritesAfterBytes = undefined;
    expect(await deliverBytes(placeHere(), content)).toEqual({ how: 'delivered' });
  });

  test('a connection cut half way is told as such, and the next delivery succeeds', async () => {
    const content = randomBytes(3_000_000);
    faults.cutAfterBytes = 1_500_000;
    await expect(deliverBytes(placeHere(), content)).rejects.toMatchObject({ code: 'delivery-interrupted' });
    expect(readdirSync(root).filter((name) => name.endsWith('.csv'))).toEqual([]);
    faults.cutAfterBytes = undefined;
    expect(await deliverBytes(placeHere(), content)).toEqual({ how: 'delivered' });
    expect(readdirSync(root)).toEqual([resetName]);
    expect(readFileSync(join(root, resetName)).equals(content)).toBe(true);
  });

  test('a server that accepts connections and says nothing does not hold us up', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as { port: number };
    await expect(check(placeHere({ port, timeoutSeconds: 0.3 }))).rejects.toMatchObject({
      code: 'delivery-unreachable',
    });
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  test('a server that falls silent after the log-in does not hold us up', async () => {
    faults.silent = true;
    const checking = check(placeHere({ timeoutSeconds: 0.5 }));
    await expect(checking).rejects.toMatchObject({ code: 'delivery-interrupted' });
  });

  test('a server that falls silent half way does not hold us up', async () => {
    const onProgress = () => {
      faults.silent = true;
    };
    const delivery = deliverBytes(placeHere({ timeoutSeconds: 0.5 }), randomBytes(5_000_000), { onProgress });
    await expect(delivery).rejects.toMatchObject({ code: 'delivery-interrupted' });
  });

  test('a server that closes while nothing is under way: the next request is told', async () => {
    const folder = await openRemoteFolder(placeHere(), {
      clock: systemClock,
      signal: new AbortController().signal,
    });
    await server.close();
    await expect(folder.list('/')).rejects.toMatchObject({ code: 'delivery-interrupted' });
    await folder.close();
  });

  test('aborting breaks a connection that waits', async () => {
    const stop = new AbortController();
    const folder = await openRemoteFolder(placeHere(), { clock: systemClock, signal: stop.signal });
    faults.silent = true;
    const listing = folder.list('/');
    stop.abort();
    await expect(listing).rejects.toMatchObject({ code: 'delivery-interrupted' });
    await folder.close();
  });

  test('a slow server with answers all along is waited for', async () => {
    faults.delayMs = 200;
    const place = placeHere({ timeoutSeconds: 0.5, writeWindow: 4 });
    expect(await deliverBytes(place, randomBytes(300_000))).toEqual({ how: 'delivered' });
  });

  test('writes are no larger than what every server takes', async () => {
    expect(await writeSize(placeHere())).toBe(31 * 1024);
  });

  test('one write at a time is possible, for servers that take no more', async () => {
    const content = randomBytes(1_000_000);
    await deliverBytes(placeHere({ writeWindow: 1 }), content);
    expect(readFileSync(join(root, resetName)).equals(content)).toBe(true);
  });
});
