import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRemoteFolder } from '../../src/delivery/open-folder.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type SftpServer, startSftpServer } from '../../src/sandbox/sftp-server.ts';
import { findProgram } from '../support/require-program.ts';
import { sftpPlace } from '../support/sftp-place.ts';

const sftp = findProgram('sftp') ?? '';
const password = 'correct horse';

describe('the SFTP server of the sandbox', () => {
  let base: string;
  let root: string;
  let server: SftpServer;
  let key: { file: string; publicKey: string };

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'flagship-sandbox-'));
    root = join(base, 'root');
    mkdirSync(root);
    writeFileSync(join(base, 'secret.txt'), 'outside');
    key = makeKey('key');
    server = await startSftpServer({ root, username: 'newera', password, publicKey: key.publicKey });
  });
  afterEach(async () => {
    await server.close();
    rmSync(base, { recursive: true });
  });

  const open = (directory = '/', login: { password: string } | { privateKey: string } = { password }) =>
    openRemoteFolder(sftpPlace(server, { username: 'newera', ...login }, { directory }), {
      clock: systemClock,
      signal: new AbortController().signal,
    });

  test('a password or a key lets a user in, another key does not', async () => {
    const other = makeKey('other').file;
    await (await open()).close();
    await (await open('/', { privateKey: key.file })).close();
    await expect(open('/', { privateKey: other })).rejects.toMatchObject({ code: 'delivery-login' });
  });

  test('no path leaves the folder, neither by dots nor by a link', async () => {
    symlinkSync(base, join(root, 'out'));
    symlinkSync(join(base, 'secret.txt'), join(root, 'link.txt'));
    const folder = await open();
    expect(await folder.size('/../secret.txt')).toBeUndefined();
    for (const path of ['/out/secret.txt', '/link.txt']) {
      await expect(folder.size(path)).rejects.toMatchObject({ code: 'delivery-directory' });
      await expect(folder.read(path)[Symbol.asyncIterator]().next()).rejects.toThrow();
      await expect(folder.write(path, chunks('x'), () => {})).rejects.toThrow();
    }
    await expect(folder.rename('/link.txt', '/out/moved.txt')).rejects.toThrow();
    await folder.close();
    expect(readFileSync(join(base, 'secret.txt'), 'utf8')).toBe('outside');
  });

  test('a rename never replaces a file', async () => {
    writeFileSync(join(root, 'one'), '1');
    writeFileSync(join(root, 'two'), '2');
    const folder = await open();
    await expect(folder.rename('/one', '/two')).rejects.toMatchObject({ code: 'delivery-failed' });
    await folder.close();
    expect(readFileSync(join(root, 'two'), 'utf8')).toBe('2');
  });

  test('a directory of a thousand files is listed whole', async () => {
    for (let number = 0; number < 1000; number += 1) writeFileSync(join(root, `${number}.csv`), 'x');
    const folder = await open();
    expect(await folder.list('/')).toHaveLength(1000);
    await folder.close();
  });

  test('clients that vanish, or talk nonsense, harm nobody else', async () => {
    const vanishing = await open();
    const writing = vanishing.write('/part', endless(), () => {}).catch(() => 'gone');
    const nonsense = connect(server.port, '127.0.0.1').on('error', () => {});
    nonsense.end('GET / HTTP/1.1\r\n\r\n');
    await once(nonsense.resume(), 'close');
    await vanishing.close();
    expect(await writing).toBe('gone');
    const folder = await open();
    await folder.write('/whole', chunks('fine'), () => {});
    await folder.close();
    expect(readFileSync(join(root, 'whole'), 'utf8')).toBe('fine');
  });

  describe.skipIf(!sftp)(sftp ? "with OpenSSH's client" : 'with sftp (skipped: not installed)', () => {
    test('people can put, list, rename, fetch and remove files', async () => {
      const content = randomBytes(2_000_000);
      writeFileSync(join(base, 'local'), content);
      const { stdout } = await batch([
        'mkdir incoming',
        'cd incoming',
        `put ${join(base, 'local')} a.csv`,
        'chmod 600 a.csv',
        'rename a.csv b.csv',
        `get b.csv ${join(base, 'back')}`,
        'ls -l',
        'mkdir gone',
        'rmdir gone',
        `put ${join(base, 'local')} c.csv`,
        'rm c.csv',
      ]);
      expect(readFileSync(join(base, 'back')).equals(content)).toBe(true);
      expect(stdout).toMatch(/2000000 .* b\.csv/);
      expect(readdirSync(join(root, 'incoming'))).toEqual(['b.csv']);
      expect(existsSync(join(base, 'incoming'))).toBe(false);
    });
  });

  function makeKey(name: string): { file: string; publicKey: string } {
    const file = join(base, name);
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = pair.privateKey.export({ type: 'sec1', format: 'pem' });
    writeFileSync(file, pem, { mode: 0o600 });
    const parsed = ssh2.utils.parseKey(pem);
    if (parsed instanceof Error) throw parsed;
    return { file, publicKey: `${parsed.type} ${parsed.getPublicSSH().toString('base64')}` };
  }

  function batch(commands: string[]) {
    const file = join(base, 'commands');
    writeFileSync(file, `${commands.join('\n')}\n`);
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const flags = options.flatMap((option) => ['-o', option]);
    return promisify(execFile)(sftp, [
      ...['-F', 'none', '-P', String(server.port), '-i', key.file, ...flags],
      ...['-b', file, 'newera@127.0.0.1'],
    ]);
  }
});

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield Buffer.alloc(1000);
}
