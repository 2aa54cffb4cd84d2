import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OpenSsh, startOpenSsh } from '../support/openssh.ts';
import { findProgram } from '../support/require-program.ts';
import { sftpPlace } from '../support/sftp-place.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { check, deliverBytes, deliveryContract, resetName, writeSize } from './contract.ts';

const sshd = findProgram('sshd') ?? '';

describe.skipIf(!sshd)(sshd ? 'with sshd' : 'with sshd (skipped: sshd is not installed)', () => {
  deliveryContract("OpenSSH's sshd", async () => {
    const server = await startOpenSsh(sshd);
    return {
      place: (directory, temporaryDirectory) =>
        sftpPlace(server, server, { directory, ...(temporaryDirectory && { temporaryDirectory }) }),
      close: server.close,
    };
  });

  describe('what goes wrong', () => {
    let server: OpenSsh;
    let directory: string;
    beforeAll(async () => {
      server = await startOpenSsh(sshd);
    });
    afterAll(() => server.close());
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'flagship-sshd-'));
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    test('it is given writes of 248 KiB, or of what the place says', async () => {
      expect(await writeSize(sftpPlace(server, server, { directory, requestKilobytes: 100 }))).toBe(
        100 * 1024,
      );
      const place = sftpPlace(server, server, { directory });
      expect(await writeSize(place)).toBe(248 * 1024);
      const content = randomBytes(3_000_000);
      await deliverBytes(place, content);
      expect(readFileSync(join(directory, resetName)).equals(content)).toBe(true);
    });

    test('a server with another host key gets nothing, and the message shows both', async () => {
      const hostKey = `SHA256:${'A'.repeat(43)}`;
      const checking = check(sftpPlace(server, server, { directory, hostKey }));
      await expect(checking).rejects.toMatchObject({
        code: 'delivery-host-key',
        message: expect.stringMatching(RegExp(`${escaped(server.fingerprint)}.*${escaped(hostKey)}`)),
      });
    });

    test('a fingerprint with base64 padding is the same fingerprint', async () => {
      const place = sftpPlace(server, server, { directory, hostKey: `${server.fingerprint}=` });
      expect(await check(place)).toMatch(/writable/);
    });

    test('a key that the server does not know is told as such', async () => {
      const login = { username: server.username, privateKey: server.strangeKey };
      await expect(check(sftpPlace(server, login, { directory }))).rejects.toMatchObject({
        code: 'delivery-login',
      });
    });

    test('a file that is no private key is told as such', async () => {
      const login = { username: server.username, privateKey: `${server.privateKey}.pub` };
      await expect(check(sftpPlace(server, login, { directory }))).rejects.toMatchObject({
        code: 'delivery-login',
      });
    });

    test('a directory that we may not write into is told as such', async () => {
      const readOnly = await startOpenSsh(sshd, { readOnly: true });
      try {
        const place = sftpPlace(readOnly, readOnly, { directory });
        await expect(check(place)).rejects.toMatchObject({ code: 'delivery-directory' });
        await expect(deliverBytes(place, Buffer.alloc(10))).rejects.toMatchObject({
          code: 'delivery-directory',
        });
      } finally {
        await readOnly.close();
      }
    });

    test('a full disk is told as probable, and the part is removed', async ({ skip }) => {
      const disk = mountSmallDisk(1);
      if (!disk) return skip('mounting is not permitted here');
      try {
        const place = sftpPlace(server, server, { directory: disk.path });
        await expect(deliverBytes(place, Buffer.alloc(2_000_000))).rejects.toMatchObject({
          code: 'delivery-full',
          message: expect.stringContaining('probable'),
        });
        expect(readdirSync(disk.path)).toEqual([]);
      } finally {
        disk.remove();
      }
    });
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[+/.]/g, '\\$&');
}
